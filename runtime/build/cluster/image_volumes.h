// Whether the nodes of a cluster mount images as volumes of pods.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_IMAGE_VOLUMES_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_IMAGE_VOLUMES_H_

#include <string>

#include "runtime/base/json.h"

namespace ovenbird::build {

// Returns why a pod cannot rely on image volumes, by the versions that the
// nodes of Linux in this list report: a sentence about the first node that is
// too old. Empty: all nodes have them. (A container runtime that is older than
// the option mounts an empty folder, or does not start the container.)
std::string WhyNoImageVolumes(const json::Value& nodes);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_IMAGE_VOLUMES_H_
