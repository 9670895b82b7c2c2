#include "runtime/build/cluster/pod_state.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/pod_failure.h"
#include "runtime/build/cluster/pod_gates.h"
#include "runtime/build/cluster/pod_start.h"
#include "runtime/build/failure.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::build {
namespace {

// Kubelets check their containers only once a second and then update the pod's
// status; the start of a container they report immediately, as an event.
bool ContextHasStarted(const std::vector<json::Value>& events) {
  const std::string path =
      absl::StrCat("spec.initContainers{", kube::kContextContainer, "}");
  return std::any_of(
      events.begin(), events.end(), [&](const json::Value& event) {
        return event["reason"].string_or() == "Started" &&
               event.Get({"involvedObject", "fieldPath"}).string_or() == path;
      });
}

bool IsRunning(const json::Value& status) {
  return !status.Get({"state", "running"}).is_null();
}

bool HasTerminated(const json::Value& status) {
  return !status.Get({"state", "terminated"}).is_null();
}

// The init container, ours or another, whose end is the end of the pod; null
// when there is none. Native sidecars are restarted.
const json::Value* FailedInit(const json::Value& pod) {
  for (const json::Value& status :
       pod.Get({"status", "initContainerStatuses"}).items()) {
    if (status.Get({"state", "terminated", "exitCode"}).int_or() != 0 &&
        !kube::IsNativeSidecar(pod, status["name"].string_or())) {
      return &status;
    }
  }
  return nullptr;
}

// Apart from native sidecars, containers are never restarted, and those of the
// pod proper follow the success of its init containers.
bool HasEnded(const json::Value& pod, const json::Value& kaniko) {
  const json::Array& inits =
      pod.Get({"status", "initContainerStatuses"}).items();
  const json::Array& others = pod.Get({"status", "containerStatuses"}).items();
  if (std::any_of(inits.begin(), inits.end(), IsRunning)) return false;
  return HasTerminated(kaniko)
             ? std::all_of(others.begin(), others.end(), HasTerminated)
             : FailedInit(pod) != nullptr;
}

void Fail(Failure failure, PodState& state) {
  state.stage = PodStage::kFailed;
  state.failure = std::move(failure);
}

// Of kaniko, once it has terminated.
void NoteEnd(const json::Value& kaniko, PodState& state) {
  const json::Value& terminated = kaniko.Get({"state", "terminated"});
  if (terminated.is_null()) return;
  state.has_log = !terminated["startedAt"].is_null();
  state.exit_code = static_cast<int>(terminated["exitCode"].int_or());
  state.termination_message = std::string(terminated["message"].string_or());
}

// kaniko's own end; a log explains neither OOMKilled nor a start that failed.
Failure ExplainKanikoExit(const json::Value& pod, const json::Value& kaniko,
                          PodState& state) {
  Failure failure = ExplainExit(pod, kaniko);
  state.log_tells_why =
      failure.kind == FailureKind::kBuild &&
      kaniko.Get({"state", "terminated", "reason"}).string_or() != "OOMKilled";
  return failure;
}

// Of a deadline: what has taken the time, if no container was ever started.
void AddSlowStart(const json::Value& pod,
                  const std::vector<json::Value>& events, Failure& failure) {
  if (pod.Get({"status", "reason"}).string_or() != "DeadlineExceeded" ||
      kube::AnyContainerHasStarted(pod)) {
    return;
  }
  if (std::optional<Failure> slow = ExplainSlowStart(events)) {
    failure.details.push_back(std::move(slow->details[0]));
  }
}

// Why the pod will never succeed; kaniko has not.
std::optional<Failure> ExplainEnd(const json::Value& pod,
                                  const std::vector<json::Value>& events,
                                  const json::Value& kaniko, PodState& state) {
  if (std::optional<Failure> failure = ExplainPodReason(pod)) {
    AddSlowStart(pod, events, *failure);
    return failure;
  }
  // Before the containers: a pod that someone deletes still looks alive in
  // them, and then looks as if kaniko had failed.
  if (!pod.Get({"metadata", "deletionTimestamp"}).is_null()) {
    return ExplainDeletion(pod, events);
  }
  if (HasTerminated(kaniko)) return ExplainKanikoExit(pod, kaniko, state);
  if (const json::Value* init = FailedInit(pod)) return ExplainExit(pod, *init);
  if (pod.Get({"status", "phase"}).string_or() == "Failed") {
    return ExplainFailedPhase(pod);
  }
  return std::nullopt;
}

// Of a pod that waits for its node, for images, for volumes, or for containers
// that are started before ours.
void NoteStart(const json::Value& pod, const std::vector<json::Value>& events,
               PodState& state) {
  state.gates = DescribeGates(pod);
  if (!state.gates.empty()) {
    state.stage = PodStage::kGated;
    return;
  }
  if (std::optional<StartFailure> wait = ExplainWait(pod, events)) {
    Fail(std::move(wait->failure), state);
    state.lacks_start = !wait->is_slow;
    if (wait->may_pass) {
      state.stage =
          wait->is_slow ? PodStage::kStartDelayed : PodStage::kStartFailed;
    }
    return;
  }
  if (std::optional<Failure> failure = ExplainMissingVolume(events)) {
    return Fail(*std::move(failure), state);
  }
  if (std::optional<Failure> failure = ExplainMissingClaim(pod)) {
    return Fail(*std::move(failure), state);
  }
  state.failure = ExplainUnschedulable(pod);
  if (state.failure) {
    state.stage = PodStage::kUnschedulable;
    return;
  }
  state.failure = ExplainSlowStart(events);
  if (state.failure) {
    state.stage = PodStage::kStartDelayed;
    return;
  }
  state.failure = ExplainUnseen(pod);
  if (state.failure) state.stage = PodStage::kUnseen;
}

}  // namespace

PodState ReadPodState(const json::Value& pod,
                      const std::vector<json::Value>& events) {
  const json::Value& context =
      kube::ContainerStatus(pod, kube::kContextContainer);
  const json::Value& kaniko =
      kube::ContainerStatus(pod, kube::kKanikoContainer);
  PodState state;
  state.node = std::string(pod.Get({"spec", "nodeName"}).string_or());
  state.was_rejected = WasRejectedByNode(pod);
  state.has_ended = state.was_rejected || HasEnded(pod, kaniko);
  NoteEnd(kaniko, state);
  // Whatever happens to the other containers, and to the pod, from then on.
  if (state.exit_code == 0) {
    state.stage = PodStage::kSucceeded;
  } else if (auto failure = ExplainEnd(pod, events, kaniko, state)) {
    Fail(*std::move(failure), state);
  } else if (IsRunning(kaniko)) {
    state.has_log = true;
    state.failure = ExplainLostNode(pod, events);
    state.stage = state.failure ? PodStage::kNodeLost : PodStage::kRunning;
  } else if (IsRunning(context) ||
             (!HasTerminated(context) && ContextHasStarted(events))) {
    state.stage = PodStage::kReadyForContext;
  } else {
    NoteStart(pod, events, state);
  }
  return state;
}

}  // namespace ovenbird::build
