// Which taints keep a pod from the nodes: newer schedulers do not say.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_TAINTS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_TAINTS_H_

#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// Returns "taints: key=value:NoSchedule (node a), ..." for a list of nodes;
// empty if none keeps pods away.
std::string DescribeTaints(const json::Value& nodes);

// Returns the same for the cluster's nodes; empty, too, if the user is not
// allowed to list them.
std::string FindTaints(kube::Client& client, Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_TAINTS_H_
