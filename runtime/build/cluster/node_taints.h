// Which taints keep a pod from the nodes: newer schedulers do not say.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_TAINTS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_TAINTS_H_

#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// "taints: key=value:NoSchedule (node a), ...", of a list of nodes; empty
// without any that keeps pods away.
std::string DescribeTaints(const json::Value& nodes);

// The same of the cluster's nodes; empty, too, when the user may not list them.
std::string FindTaints(kube::Client& client, Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_TAINTS_H_
