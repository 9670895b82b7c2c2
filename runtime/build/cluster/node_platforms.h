// Which platforms the nodes of a cluster have, so that a build for another one
// fails before it starts.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_PLATFORMS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_PLATFORMS_H_

#include <map>
#include <optional>
#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/build/failure.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// The number of nodes by their architecture, "arm64", for nodes of Linux.
using NodeArchitectures = std::map<std::string, int>;

// What builds need to know of the nodes of a cluster.
struct ClusterNodes {
  // Empty if the user is not allowed to list them.
  NodeArchitectures architectures;
  // Why a pod cannot rely on image volumes (see WhyNoImageVolumes); empty: it
  // can.
  std::string no_image_volumes = "the nodes are unknown";
};

// Returns the architectures of a list of nodes, by their labels.
NodeArchitectures CountArchitectures(const json::Value& nodes);

// Lists the nodes of the cluster.
ClusterNodes FindNodes(kube::Client& client, Cancellation& cancel);

// Returns the platform that all of the nodes have, "linux/arm64"; empty:
// several, or unknown.
std::string CommonPlatform(const NodeArchitectures& nodes);

// Returns the failure of a build that needs a node of the platform, if there is
// none. Nothing if the nodes are unknown.
std::optional<Failure> CheckNodes(const NodeArchitectures& nodes,
                                  const Platform& platform);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_PLATFORMS_H_
