// Why a build pod fails, in sentences, read from the Pod object and its events.
// Source of the rules: Kubernetes' pod lifecycle documentation and what the
// kubelet writes.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_FAILURE_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_FAILURE_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {

// Explains the reason that the status of a pod as a whole has: evicted, its
// deadline exceeded, rejected by its node. Returns nothing without a reason.
std::optional<Failure> ExplainPodReason(const json::Value& pod);

// Returns whether the node's kubelet refused the pod when the scheduler gave it
// to this node, so that no container was ever started: another pod may be taken
// there, or elsewhere. The scheduler's and the kubelet's view of a node differ
// for a moment after a change. Source: the admission handlers of the kubelet.
bool WasRejectedByNode(const json::Value& pod);

// Explains a pod in phase `Failed` that nothing else explains.
Failure ExplainFailedPhase(const json::Value& pod);

// Explains who deletes the pod, as far as the cluster tells: in a condition
// (Kubernetes 1.26 and later), in an event, or in the pod's reason.
Failure ExplainDeletion(const json::Value& pod,
                        const std::vector<json::Value>& events);

// Explains why a container has terminated. `status` is a ContainerStatus with
// state.terminated, and is not a success.
Failure ExplainExit(const json::Value& pod, const json::Value& status);

// A container that waits for something that a new attempt of the kubelet may
// bring (`may_pass`), or that nothing will bring.
struct StartFailure {
  Failure failure;
  bool may_pass = false;
  // The node's container runtime is slow or away: an attempt takes minutes.
  bool is_slow = false;
};

// Returns what keeps a container, ours or another, from being started, and so
// kaniko from running; a failure that cannot pass comes first. For pods in
// which neither our init container nor kaniko runs.
std::optional<StartFailure> ExplainWait(const json::Value& pod,
                                        const std::vector<json::Value>& events);

// Explains a pod that waits for a PersistentVolumeClaim that does not exist.
std::optional<Failure> ExplainMissingClaim(const json::Value& pod);

// Explains a pod that the scheduler finds no node for, or fails to find one
// for. Returns nullopt if the scheduler does not say so.
std::optional<Failure> ExplainUnschedulable(const json::Value& pod);

// Explains a pod that has neither a node nor a message of a scheduler: no
// scheduler runs, or none of its name. Returns nullopt for any other pod. A new
// pod is in this state for a moment.
std::optional<Failure> ExplainUnseen(const json::Value& pod);

// Explains a node that the control plane has not heard from for a while (40 s
// by default): the control plane, and not the kubelet, has then taken the pod's
// readiness away.
std::optional<Failure> ExplainLostNode(const json::Value& pod,
                                       const std::vector<json::Value>& events);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_FAILURE_H_
