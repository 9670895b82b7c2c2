// Conflicts between mounts under `kaniko` and the Dockerfile. Secrets and
// ConfigMaps are mounted read-only, so writing there fails. Files below a mount
// are not in the image, unless another stage copies the folder that contains
// it.
#ifndef OVENBIRD_RUNTIME_PLAN_MOUNT_CHECK_H_
#define OVENBIRD_RUNTIME_PLAN_MOUNT_CHECK_H_

#include <string>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::plan {

// Reports warnings at the mounts of the image `key`. `sent`: the files of the
// context; null: unknown, then only problems that any files would have are
// reported.
void CheckMounts(const std::string& key, const config::Kaniko& kaniko,
                 const std::vector<dockerfile::Destination>& destinations,
                 const context::Listing* sent, diag::Sink& sink);

// Returns the paths below the context at which the pod mounts something,
// without a leading slash.
std::vector<std::string> MountsInContext(const config::Kaniko& kaniko);

// Clears `required` and `optional` of sources that one of these mounts below
// the context may provide: COPY finds them, although they are not in the
// folder.
void AllowMountedSources(const std::vector<std::string>& mounts,
                         std::vector<dockerfile::Source>& sources);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_MOUNT_CHECK_H_
