#include "runtime/build/pod_state.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

constexpr absl::string_view kImagePullHint =
    "check the image's name and tag, and that the node can pull it "
    "(`imagePullSecrets` of the kaniko section, network, registry)";

// Waiting reasons that the kubelet does not get out of without a change of the
// pod, and the sentence for each.
struct WaitingReason {
  absl::string_view reason;
  absl::string_view what;
  absl::string_view hint;
};
constexpr WaitingReason kHopeless[] = {
    {"ErrImagePull", "the node can't pull", kImagePullHint},
    {"ImagePullBackOff", "the node can't pull", kImagePullHint},
    {"ErrImageNeverPull", "the node may not pull", kImagePullHint},
    {"InvalidImageName", "the node refuses the name of", kImagePullHint},
    {"CreateContainerConfigError", "the node can't configure the container of",
     "check `securityContext` of the kaniko section (kaniko must run as root) "
     "and the secrets, config maps and keys that it uses"},
    {"CreateContainerError", "the node can't create the container of", ""},
    {"RunContainerError", "the node can't start the container of", ""},
    {"CrashLoopBackOff", "the container keeps ending, of", ""},
};

Failure Environment(std::string what, std::vector<std::string> details,
                    absl::string_view hint) {
  Failure failure;
  failure.kind = FailureKind::kEnvironment;
  failure.what = std::move(what);
  failure.details = std::move(details);
  failure.hint = std::string(hint);
  return failure;
}

// The kubelet says the cause with ErrImagePull; with ImagePullBackOff only
// newer ones do. The event always has it.
std::string PullCause(absl::string_view message,
                      const std::vector<json::Value>& events) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    absl::string_view text = (*event)["message"].string_or();
    if (absl::StartsWith(text, "Failed to pull image")) {
      return std::string(text);
    }
  }
  return std::string(message);
}

std::optional<Failure> HopelessWait(const json::Value& status,
                                    const std::vector<json::Value>& events) {
  const json::Value& waiting = status.Get({"state", "waiting"});
  absl::string_view reason = waiting["reason"].string_or();
  for (const WaitingReason& row : kHopeless) {
    if (row.reason != reason) continue;
    return Environment(
        absl::StrCat(row.what, " image `", status["image"].string_or(),
                     "` (container `", status["name"].string_or(), "`, ",
                     reason, ")"),
        {row.hint == kImagePullHint
             ? PullCause(waiting["message"].string_or(), events)
             : std::string(waiting["message"].string_or())},
        row.hint);
  }
  return std::nullopt;
}

// Whether the kubelet's next attempt may go better: the network, a registry
// that is down, and a pull secret that the node may not read yet, for the API
// server's node authorizer learns of a pod a moment later than its node.
bool MayPullLater(const json::Value& pod, absl::string_view reason,
                  absl::string_view cause) {
  if (reason != "ErrImagePull" && reason != "ImagePullBackOff") return false;
  for (absl::string_view certain :
       {"not found", "NotFound", "manifest unknown", "no match for platform",
        "invalid reference"}) {
    if (absl::StrContains(cause, certain)) return false;
  }
  if (!pod.Get({"spec", "imagePullSecrets"}).items().empty()) return true;
  for (absl::string_view refused :
       {"401", "403", "unauthorized", "Unauthorized", "denied", "Forbidden",
        "authorization failed", "no basic auth"}) {
    if (absl::StrContains(cause, refused)) return false;
  }
  return true;
}

// The resource limit of a container, such as "512Mi"; empty without one.
absl::string_view MemoryLimit(const json::Value& pod, absl::string_view name) {
  for (absl::string_view list : {"initContainers", "containers"}) {
    for (const json::Value& container : pod.Get({"spec", list}).items()) {
      if (container["name"].string_or() == name) {
        return container.Get({"resources", "limits", "memory"}).string_or();
      }
    }
  }
  return "";
}

Failure OutOfMemory(const json::Value& pod, absl::string_view container) {
  absl::string_view limit = MemoryLimit(pod, container);
  Failure failure = Environment(
      absl::StrCat("container `", container, "` ran out of memory (OOMKilled",
                   limit.empty() ? std::string("; the pod has no limit, so the "
                                               "node itself was short of it")
                                 : absl::StrCat("; limit ", limit),
                   ")"),
      {},
      "raise `resources.limits.memory` of the kaniko section, or lower what "
      "kaniko needs: split large RUN layers, `args: "
      "[\"--compressed-caching=false\"]` (kaniko 1.7 and later), `cache: "
      "false`");
  // It would happen again.
  if (!limit.empty()) failure.kind = FailureKind::kBuild;
  return failure;
}

// `terminated` is a ContainerStateTerminated with a reason or exit code that is
// not success.
Failure Terminated(const json::Value& pod, const json::Value& status) {
  const json::Value& terminated = status.Get({"state", "terminated"});
  absl::string_view reason = terminated["reason"].string_or();
  absl::string_view name = status["name"].string_or();
  int64_t code = terminated["exitCode"].int_or();
  std::vector<std::string> details;
  if (absl::string_view message = terminated["message"].string_or();
      !message.empty()) {
    details.emplace_back(message);
  }
  if (reason == "OOMKilled") return OutOfMemory(pod, name);
  if (reason == "StartError" || reason == "ContainerCannotRun") {
    return Environment(absl::StrCat("the node could not start container `",
                                    name, "` (", reason, ")"),
                       std::move(details),
                       "check `command`, the image and its architecture");
  }
  Failure failure;
  failure.kind =
      name == "kaniko" ? FailureKind::kBuild : FailureKind::kEnvironment;
  failure.what =
      name == "kaniko"
          ? absl::StrCat("kaniko ended with exit code ", code)
          : absl::StrCat("container `", name, "` ended with exit code ", code);
  failure.details = std::move(details);
  return failure;
}

// By the kubelet: for the pod's own limit, which would be met again, or because
// the node as a whole is short of something.
Failure Evicted(absl::string_view message) {
  const bool limit = absl::StrContains(message, "exceed");
  const bool disk = absl::StrContains(message, "ephemeral") ||
                    absl::StrContains(message, "EmptyDir");
  Failure failure = Environment(
      limit ? "the build used more disk than its limit and was evicted"
            : "the node was short of a resource and evicted the build pod",
      {std::string(message)},
      disk ? "raise `ephemeral-storage` of `resources` in the kaniko section "
             "(kaniko needs about twice what a RUN writes), or make the image "
             "and the context smaller"
           : "set `resources.requests` of the kaniko section, so that a node "
             "with room is chosen");
  if (limit) failure.kind = FailureKind::kBuild;
  return failure;
}

// What the pod as a whole says of its end.
std::optional<Failure> PodReason(const json::Value& pod) {
  const json::Value& status = pod["status"];
  absl::string_view reason = status["reason"].string_or();
  std::vector<std::string> details;
  if (absl::string_view message = status["message"].string_or();
      !message.empty()) {
    details.emplace_back(message);
  }
  if (reason == "Evicted") {
    return Evicted(status["message"].string_or());
  }
  if (reason == "DeadlineExceeded") {
    std::string seconds =
        absl::StrCat(pod.Get({"spec", "activeDeadlineSeconds"}).int_or());
    Failure failure = Environment(
        absl::StrCat("the build took longer than its deadline of ", seconds,
                     "s"),
        std::move(details), "raise `timeout` of the kaniko section");
    const json::Value& kaniko = status["containerStatuses"][0]["state"];
    if (!kaniko["running"].is_null() || !kaniko["terminated"].is_null()) {
      failure.kind = FailureKind::kBuild;
    }
    return failure;
  }
  if (reason == "NodeLost") {
    return Environment("the node of the build pod is lost", std::move(details),
                       "build again; the cluster has to remove the old pod");
  }
  if (reason == "NodeAffinity" || reason == "OutOfcpu" ||
      reason == "OutOfmemory" || reason == "OutOfpods" ||
      reason == "UnexpectedAdmissionError" || reason == "Preempting" ||
      reason == "Terminated" || reason == "Shutdown" ||
      reason == "NodeShutdown") {
    return Environment(
        absl::StrCat("the node gave the build pod up (", reason, ")"),
        std::move(details), "build again");
  }
  return std::nullopt;
}

// A volume that can't be mounted keeps the pod pending for ever; only events
// say so.
std::optional<Failure> MissingVolumeSource(
    const std::vector<json::Value>& events) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if ((*event)["reason"].string_or() != "FailedMount") continue;
    absl::string_view message = (*event)["message"].string_or();
    if (absl::StrContains(message, "non-existent secret key") ||
        absl::StrContains(message, "non-existent config key") ||
        absl::StrContains(message, "references non-existent")) {
      return Environment(
          "a secret or config map lacks a key that the build pod mounts",
          {std::string(message)},
          "look at its keys with `kubectl describe`, and at `items` of "
          "`additionalMounts`");
    }
    if (absl::StrContains(message, "not found") &&
        (absl::StrContains(message, "secret") ||
         absl::StrContains(message, "configmap"))) {
      return Environment(
          "a secret or config map that the build pod mounts does not exist",
          {std::string(message)},
          "create it in the build namespace, or mend `pullSecret` or "
          "`additionalMounts`");
    }
  }
  return std::nullopt;
}

// What the scheduler's sentence asks for. The wordings of Kubernetes 1.20 and
// of later ones.
// Kubernetes 1.20 says "node affinity" also of a selector.
bool IsAboutNodeLabels(absl::string_view message) {
  return absl::StrContains(message, "selector") ||
         absl::StrContains(message, "node affinity");
}

std::string ScheduleHint(absl::string_view message) {
  std::vector<std::string> hints;
  if (absl::StrContains(message, "Insufficient ")) {
    hints.push_back("lower `resources.requests` of the kaniko section");
  }
  if (absl::StrContains(message, "taint")) {
    hints.push_back("add the taint to `tolerations` of the kaniko section");
  }
  if (IsAboutNodeLabels(message)) {
    hints.push_back("mend `nodeSelector` of the kaniko section");
  }
  hints.push_back(
      "where nodes are added on demand, --schedule-timeout waits longer");
  return absl::StrJoin(hints, "; ");
}

// The scheduler does not say which labels it looked for.
std::string NodeSelector(const json::Value& pod) {
  std::string text;
  for (const auto& [key, value] : pod.Get({"spec", "nodeSelector"}).members()) {
    absl::StrAppend(&text, text.empty() ? "nodeSelector: " : ", ", key, "=",
                    value.string_or());
  }
  return text;
}

std::optional<Failure> Unschedulable(const json::Value& pod) {
  for (const json::Value& condition :
       pod.Get({"status", "conditions"}).items()) {
    if (condition["type"].string_or() == "PodScheduled" &&
        condition["status"].string_or() == "False" &&
        condition["reason"].string_or() == "Unschedulable") {
      absl::string_view message = condition["message"].string_or();
      Failure failure =
          Environment("no node takes the build pod", {std::string(message)},
                      ScheduleHint(message));
      std::string selector = NodeSelector(pod);
      if (IsAboutNodeLabels(message) && !selector.empty()) {
        failure.details.push_back(std::move(selector));
      }
      return failure;
    }
  }
  return std::nullopt;
}

// Who deletes the pod, as far as the cluster tells: in a condition (Kubernetes
// 1.26 and later), in an event, or in the pod's reason.
struct Deleter {
  absl::string_view reason;
  absl::string_view what;
  absl::string_view hint;
};
constexpr Deleter kDeleters[] = {
    {"NodeLost", "the node of the build pod is lost", "build again"},
    {"DeletionByTaintManager",
     "the build pod was taken from its node, which was tainted or is lost",
     "build again; `tolerations` keep it there"},
    {"TaintManagerEviction",
     "the build pod was taken from its node, which was tainted or is lost",
     "build again; `tolerations` keep it there"},
    {"PreemptionByScheduler",
     "a pod of higher priority took the build pod's place", "build again"},
    {"Preempted", "a pod of higher priority took the build pod's place",
     "build again"},
    {"EvictionByEvictionAPI",
     "the build pod was evicted, as `kubectl drain` does", "build again"},
    {"DeletionByPodGC", "the node of the build pod does not exist any more",
     "build again"},
};

Failure Deleted(const json::Value& pod,
                const std::vector<json::Value>& events) {
  std::vector<std::pair<absl::string_view, absl::string_view>> said = {
      {pod.Get({"status", "reason"}).string_or(),
       pod.Get({"status", "message"}).string_or()}};
  for (const json::Value& condition :
       pod.Get({"status", "conditions"}).items()) {
    if (condition["type"].string_or() == "DisruptionTarget") {
      said.emplace_back(condition["reason"].string_or(),
                        condition["message"].string_or());
    }
  }
  for (const json::Value& event : events) {
    said.emplace_back(event["reason"].string_or(),
                      event["message"].string_or());
  }
  for (const auto& [reason, message] : said) {
    for (const Deleter& row : kDeleters) {
      if (row.reason == reason) {
        return Environment(std::string(row.what), {std::string(message)},
                           row.hint);
      }
    }
  }
  return Environment("someone deleted the build pod while it was in use", {},
                     "build again; see who deletes pods in this namespace");
}

// The control plane has not heard of the node for a while (40 s by default):
// it, and not the kubelet, has taken the pod's readiness away.
std::optional<Failure> LostNode(const json::Value& pod,
                                const std::vector<json::Value>& events) {
  for (const json::Value& condition :
       pod.Get({"status", "conditions"}).items()) {
    if (condition["type"].string_or() != "Ready" ||
        condition["status"].string_or() != "False") {
      continue;
    }
    bool lost = condition["reason"].string_or().empty();
    absl::string_view said;
    for (const json::Value& event : events) {
      if (event["reason"].string_or() != "NodeNotReady") continue;
      said = event["message"].string_or();
      lost = true;
    }
    if (!lost) return std::nullopt;
    absl::string_view node = pod.Get({"spec", "nodeName"}).string_or();
    return Environment(
        absl::StrCat("node `", node, "` of the build pod does not answer"),
        {std::string(said.empty() ? "Node is not ready" : said)},
        absl::StrCat("`kubectl describe node ", node,
                     "` tells more; build again, on another node"));
  }
  return std::nullopt;
}

// Kubelets look only once a second at what their containers do, and write it
// into the pod's status then; of a container that they start they tell at once.
bool ContextHasStarted(const std::vector<json::Value>& events) {
  const std::string path =
      absl::StrCat("spec.initContainers{", kube::kContextContainer, "}");
  return std::any_of(
      events.begin(), events.end(), [&](const json::Value& event) {
        return event["reason"].string_or() == "Started" &&
               event.Get({"involvedObject", "fieldPath"}).string_or() == path;
      });
}

void Fail(Failure failure, PodState& state) {
  state.stage = PodStage::kFailed;
  state.failure = std::move(failure);
}

}  // namespace

PodState ReadPodState(const json::Value& pod,
                      const std::vector<json::Value>& events) {
  PodState state;
  const json::Value& status = pod["status"];
  state.node = std::string(pod.Get({"spec", "nodeName"}).string_or());
  const json::Value& init = status["initContainerStatuses"][0];
  const json::Value& kaniko = status["containerStatuses"][0];
  const json::Value& ended = kaniko.Get({"state", "terminated"});
  const json::Value& init_ended = init.Get({"state", "terminated"});

  // Containers are never restarted, and kaniko's follows the init container's
  // success.
  state.has_ended = !ended.is_null() || (!init_ended.is_null() &&
                                         init_ended["exitCode"].int_or() != 0);
  if (!ended.is_null()) {
    state.has_log = !ended["startedAt"].is_null();
    state.exit_code = static_cast<int>(ended["exitCode"].int_or());
    state.termination_message = std::string(ended["message"].string_or());
  }
  if (std::optional<Failure> failure = PodReason(pod)) {
    Fail(*std::move(failure), state);
    return state;
  }
  // Before the containers: a pod that someone deletes still looks alive in
  // them, and then looks as if kaniko had failed.
  bool succeeded = state.exit_code == 0;
  if (!succeeded && !pod.Get({"metadata", "deletionTimestamp"}).is_null()) {
    Fail(Deleted(pod, events), state);
    return state;
  }
  if (!ended.is_null()) {
    if (succeeded) {
      state.stage = PodStage::kSucceeded;
    } else {
      Fail(Terminated(pod, kaniko), state);
      state.log_tells_why = state.failure->kind == FailureKind::kBuild &&
                            ended["reason"].string_or() != "OOMKilled";
    }
    return state;
  }
  if (!init_ended.is_null() && init_ended["exitCode"].int_or() != 0) {
    Fail(Terminated(pod, init), state);
    return state;
  }
  for (const json::Value* container : {&init, &kaniko}) {
    if (std::optional<Failure> failure = HopelessWait(*container, events)) {
      bool may_pass = MayPullLater(
          pod, container->Get({"state", "waiting", "reason"}).string_or(),
          failure->details[0]);
      Fail(*std::move(failure), state);
      if (may_pass) state.stage = PodStage::kPullFailed;
      return state;
    }
  }
  if (status["phase"].string_or() == "Failed") {
    Fail(Environment(
             absl::StrCat("the build pod failed (",
                          status["reason"].string_or("no reason given"), ")"),
             {std::string(status["message"].string_or())}, ""),
         state);
    return state;
  }
  if (!kaniko.Get({"state", "running"}).is_null()) {
    state.stage = PodStage::kRunning;
    state.has_log = true;
    state.failure = LostNode(pod, events);
    if (state.failure) state.stage = PodStage::kNodeLost;
    return state;
  }
  if (!init.Get({"state", "running"}).is_null() ||
      (init_ended.is_null() && ContextHasStarted(events))) {
    state.stage = PodStage::kReadyForContext;
    return state;
  }
  if (std::optional<Failure> failure = MissingVolumeSource(events)) {
    Fail(*std::move(failure), state);
    return state;
  }
  if (std::optional<Failure> failure = Unschedulable(pod)) {
    state.stage = PodStage::kUnschedulable;
    state.failure = std::move(failure);
  }
  return state;
}

}  // namespace ovenbird::build
