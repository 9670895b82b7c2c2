// Devices that a RUN makes, for which a container needs a right of its own.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_DEVICES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_DEVICES_H_

#include <vector>

#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// Returns the first RUN of these stages that calls `mknod` for a device; null:
// none does.
const Instruction* FindMknod(const Dockerfile& dockerfile,
                             const std::vector<int>& stages);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_DEVICES_H_
