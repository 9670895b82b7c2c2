// What a build pod is doing, read from the Pod object and its events. Pure:
// the engine feeds it what the watch delivers and acts on the answer.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_STATE_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_STATE_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {

// The stages of a build pod.
enum class PodStage {
  kPending,          // images are being pulled
  kGated,            // not to be scheduled yet: see `gates`
  kUnseen,           // no scheduler has looked at it yet
  kUnschedulable,    // may change when an autoscaler acts
  kStartFailed,      // the node tries again to pull an image or to start a
                     // container
  kStartDelayed,     // the same, of volumes, the sandbox, a slow runtime: this
                     // takes longer
  kReadyForContext,  // our init container runs and waits for the context
  kRunning,          // kaniko runs
  kNodeLost,         // it ran, and its node does not answer any more
  kSucceeded,        // kaniko exited with 0; other containers may run on
  kFailed,           // it will never succeed; see `failure`
};

// What a build pod is doing.
struct PodState {
  PodStage stage = PodStage::kPending;
  // For kUnseen, kUnschedulable, kStartFailed, kStartDelayed and kNodeLost
  // (should they last), and kFailed.
  std::optional<Failure> failure;
  // kaniko exited with an error: its log is more exact than `failure`.
  bool log_tells_why = false;
  // The kaniko container was started, so that it has a log.
  bool has_log = false;
  std::optional<int> exit_code;
  // For kGated: what the pod waits for (see DescribeGates).
  std::string gates;
  // No container runs or will run.
  bool has_ended = false;
  // `failure` is of a container whose image is not pulled, or that cannot be
  // started.
  bool lacks_start = false;
  // The node did not take the pod: see WasRejectedByNode().
  bool was_rejected = false;
  // kaniko's termination message: the digest after a success.
  std::string termination_message;
  std::string node;
};

// Returns the state of `pod` (core/v1 Pod as JSON). `events` are the core/v1
// Events about it, oldest first; they explain what the pod's status leaves
// open.
PodState ReadPodState(const json::Value& pod,
                      const std::vector<json::Value>& events);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_STATE_H_
