// What keeps a pod that has a node from being started: volumes, its sandbox
// with the network, a busy node. Only events tell of most of it; kubelets try
// again by themselves. Sources: the events of the kubelet and of the controller
// that attaches volumes.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_START_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_START_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {

// Explains a Secret or ConfigMap of the user that is still missing, or still
// lacks a key, at the fifth attempt to mount it, after about 8 seconds: one
// that was created a moment ago may be unknown to the node at the first
// attempts. Returns nullopt otherwise.
std::optional<Failure> ExplainMissingVolume(
    const std::vector<json::Value>& events);

// Explains the last problem of the pod's start that its events report, unless a
// later event shows that the start goes on. Its first detail is the event:
// "FailedMount: MESSAGE". Returns nullopt if there is no such problem.
std::optional<Failure> ExplainSlowStart(const std::vector<json::Value>& events);

// Returns whether a container that waits for this reason, with this message,
// was not created because the node's container runtime was slow or away: a
// later attempt of the kubelet may create it.
bool IsRuntimeSlow(absl::string_view reason, absl::string_view message);

// Returns `text` without the words that differ from one attempt to the next:
// those with a digit (ids, addresses, times).
std::string WithoutIds(absl::string_view text);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_START_H_
