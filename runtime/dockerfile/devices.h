// Finds a RUN that makes devices, for which a container needs an extra
// capability.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_DEVICES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_DEVICES_H_

#include <vector>

#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// Returns the first RUN of these stages that calls `mknod` for a device; null
// if none does.
const Instruction* FindMknod(const Dockerfile& dockerfile,
                             const std::vector<int>& stages);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_DEVICES_H_
