// The scheduling gates of a build pod: while a pod has one, the scheduler does
// not look for a node. Kueue adds one to hold a pod back in a queue.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_GATES_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_GATES_H_

#include <string>

#include "runtime/base/json.h"

namespace ovenbird::build {

// Returns what the gated pod waits for, for the user: "waiting in queue `a`",
// or the names of the gates; empty for a pod without gates.
std::string DescribeGates(const json::Value& pod);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_GATES_H_
