#include "runtime/build/cluster/pod_failure.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/pod_start.h"
#include "runtime/build/failure.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::build {
namespace {

constexpr absl::string_view kImagePullHint =
    "check the image's name and tag, and that the node can pull it "
    "(`imagePullSecrets` under `kaniko`, network, registry)";
constexpr absl::string_view kInjectedHint =
    "Ovenbird did not create this container: an admission webhook of the "
    "cluster "
    "added it to the build pod; set the annotation or label that exempts a pod "
    "from it (`annotations`, `labels` under `kaniko`), or ask the owner of the "
    "webhook";

// The scheduler of pods that do not name one.
constexpr absl::string_view kDefaultScheduler = "default-scheduler";

// Waiting reasons that the kubelet does not get out of without a change of the
// pod, and the sentence for each.
struct WaitingReason {
  absl::string_view reason;
  absl::string_view what;
  absl::string_view hint;
};
constexpr WaitingReason kHopeless[] = {
    {"ErrImagePull", "the node cannot pull", kImagePullHint},
    {"ImagePullBackOff", "the node cannot pull", kImagePullHint},
    {"ErrImageNeverPull", "the node is not allowed to pull", kImagePullHint},
    {"InvalidImageName", "the node rejects the name of", kImagePullHint},
    {"CreateContainerConfigError", "the node cannot configure the container of",
     "check `securityContext` under `kaniko` (kaniko must run as root) "
     "and the Secrets, ConfigMaps and keys that it uses"},
    {"CreateContainerError", "the node cannot create the container of", ""},
    {"RunContainerError", "the node cannot start the container of", ""},
    {"CrashLoopBackOff", "the container keeps exiting:", ""},
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

Failure Disruption(std::string what, std::vector<std::string> details,
                   absl::string_view hint) {
  Failure failure = Environment(std::move(what), std::move(details), hint);
  failure.was_disrupted = true;
  return failure;
}

// Other containers than these were added by an admission webhook.
bool IsOurs(absl::string_view container) {
  return container == kube::kContextContainer ||
         container == kube::kVolumesContainer ||
         container == kube::kKanikoContainer;
}

// As the pod names it: a node that has the same image under several names
// reports any of them.
absl::string_view ImageOf(const json::Value& pod, const json::Value& status) {
  return kube::ContainerSpec(pod, status["name"].string_or())["image"]
      .string_or(status["image"].string_or());
}

// Events about containers name theirs: "spec.initContainers{context}".
bool IsAboutAnother(const json::Value& event, absl::string_view container) {
  absl::string_view path =
      event.Get({"involvedObject", "fieldPath"}).string_or();
  return absl::StrContains(path, "{") &&
         !absl::EndsWith(path, absl::StrCat("{", container, "}"));
}

// The kubelet says the cause with ErrImagePull; with ImagePullBackOff only
// newer ones do. The event always has it.
std::string PullCause(const json::Value& status,
                      const std::vector<json::Value>& events) {
  absl::string_view name = status["name"].string_or();
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    absl::string_view text = (*event)["message"].string_or();
    if (absl::StartsWith(text, "Failed to pull image") &&
        !IsAboutAnother(*event, name)) {
      return std::string(text);
    }
  }
  return std::string(status.Get({"state", "waiting", "message"}).string_or());
}

std::optional<Failure> HopelessWait(const json::Value& pod,
                                    const json::Value& status,
                                    const std::vector<json::Value>& events) {
  const json::Value& waiting = status.Get({"state", "waiting"});
  absl::string_view reason = waiting["reason"].string_or();
  absl::string_view name = status["name"].string_or();
  for (const WaitingReason& row : kHopeless) {
    if (row.reason != reason) continue;
    return Environment(absl::StrCat(row.what, " image `", ImageOf(pod, status),
                                    "` (container `", name, "`, ", reason, ")"),
                       {row.hint == kImagePullHint
                            ? PullCause(status, events)
                            : std::string(waiting["message"].string_or())},
                       IsOurs(name) ? row.hint : kInjectedHint);
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

// Whether what the container's configuration names may be there later: a node
// may not know yet what was created a moment ago.
bool MayBeConfiguredLater(absl::string_view reason, absl::string_view message) {
  if (reason != "CreateContainerConfigError") return false;
  for (absl::string_view missing :
       {"not found", "couldn't find key", "failed to sync"}) {
    if (absl::StrContains(message, missing)) return true;
  }
  return false;
}

Failure OutOfMemory(const json::Value& pod, absl::string_view container) {
  absl::string_view limit = kube::ContainerSpec(pod, container)
                                .Get({"resources", "limits", "memory"})
                                .string_or();
  Failure failure = Environment(
      absl::StrCat("container `", container, "` ran out of memory (OOMKilled",
                   limit.empty() ? std::string("; the pod has no limit, so the "
                                               "node itself ran out of memory")
                                 : absl::StrCat("; limit ", limit),
                   ")"),
      {},
      "raise `resources.limits.memory` under `kaniko`, or lower what "
      "kaniko needs: split large RUN layers, `args: "
      "[\"--compressed-caching=false\"]` (kaniko 1.7 and later), `cache: "
      "false`");
  // It would happen again.
  if (!limit.empty()) failure.kind = FailureKind::kBuild;
  return failure;
}

// Of a container that is not ours.
Failure InjectedExit(const json::Value& pod, const json::Value& status,
                     std::vector<std::string> details) {
  const json::Value& terminated = status.Get({"state", "terminated"});
  absl::string_view reason = terminated["reason"].string_or();
  return Environment(
      absl::StrCat("container `", status["name"].string_or(), "` of image `",
                   ImageOf(pod, status), "` exited with code ",
                   terminated["exitCode"].int_or(),
                   reason.empty() ? "" : absl::StrCat(" (", reason, ")")),
      std::move(details), kInjectedHint);
}

// The container that has used too much, where the kubelet names one.
absl::string_view OverItsLimit(absl::string_view message) {
  if (!absl::ConsumePrefix(&message, "Container ")) return "";
  size_t end = message.find(" exceeded its local ephemeral storage limit");
  return end == absl::string_view::npos ? "" : message.substr(0, end);
}

// By the kubelet: for the pod's own limit, which would be met again, or because
// the node as a whole is short of something.
Failure Evicted(absl::string_view message) {
  absl::string_view container = OverItsLimit(message);
  if (!container.empty() && !IsOurs(container)) {
    return Environment(absl::StrCat("container `", container,
                                    "` used more disk than its limit and the "
                                    "build pod was evicted"),
                       {std::string(message)}, kInjectedHint);
  }
  const bool limit = absl::StrContains(message, "exceed");
  const bool disk = absl::StrContains(message, "ephemeral") ||
                    absl::StrContains(message, "EmptyDir");
  Failure failure = Environment(
      limit ? "the build used more disk than its limit and was evicted"
            : "the node ran low on a resource and evicted the build pod",
      {std::string(message)},
      disk ? "raise `ephemeral-storage` of `resources` under `kaniko` "
             "(kaniko needs about twice what a RUN writes), or make the image "
             "and the context smaller"
           : "set `resources.requests` under `kaniko`, so that the scheduler "
             "chooses a node with enough free resources");
  if (limit) failure.kind = FailureKind::kBuild;
  return failure;
}

// Kubernetes 1.20 says "node affinity" also of a selector.
bool IsAboutNodeLabels(absl::string_view message) {
  return absl::StrContains(message, "selector") ||
         absl::StrContains(message, "node affinity");
}

// Returns what to do about the scheduler's message, in the wordings of
// Kubernetes 1.20 and of later versions.
std::string ScheduleHint(absl::string_view message) {
  std::vector<std::string> hints;
  if (absl::StrContains(message, "Insufficient ")) {
    hints.push_back("lower `resources.requests` under `kaniko`");
  }
  if (absl::StrContains(message, "taint")) {
    hints.push_back("add the taint to `tolerations` under `kaniko`");
  }
  if (IsAboutNodeLabels(message)) {
    hints.push_back("fix `nodeSelector` under `kaniko`");
  }
  hints.push_back(
      "if the cluster adds nodes on demand, wait longer with "
      "--schedule-timeout");
  return absl::StrJoin(hints, "; ");
}

// Why the scheduler has not found a node for the pod; nullopt: it has found
// one, or has not looked yet. A scheduler that fails itself says so with the
// reason SchedulerError.
std::optional<std::string> UnschedulableMessage(const json::Value& pod) {
  for (const json::Value& condition :
       pod.Get({"status", "conditions"}).items()) {
    if (condition["type"].string_or() != "PodScheduled" ||
        condition["status"].string_or() != "False") {
      continue;
    }
    const absl::string_view reason = condition["reason"].string_or();
    const absl::string_view message = condition["message"].string_or();
    if (reason == "Unschedulable" || reason.empty()) {
      return std::string(message);
    }
    return message.empty() ? std::string(reason)
                           : absl::StrCat(reason, ": ", message);
  }
  return std::nullopt;
}

// Whether a node has the pod, or had it: only its kubelet reports containers.
bool HasNode(const json::Value& pod) {
  if (!pod.Get({"spec", "nodeName"}).string_or().empty()) return true;
  for (absl::string_view list :
       {"initContainerStatuses", "containerStatuses"}) {
    if (!pod.Get({"status", list}).items().empty()) return true;
  }
  return false;
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

// Who deletes a pod, by the reason that the cluster gives.
struct Deleter {
  absl::string_view reason;
  absl::string_view what;
  absl::string_view hint;
};
constexpr Deleter kDeleters[] = {
    {"NodeLost", "the node of the build pod was lost", "build again"},
    {"DeletionByTaintManager",
     "the build pod was evicted from its node, which was tainted or lost",
     "build again; add `tolerations` to keep the pod on the node"},
    {"TaintManagerEviction",
     "the build pod was evicted from its node, which was tainted or lost",
     "build again; add `tolerations` to keep the pod on the node"},
    {"PreemptionByScheduler",
     "a pod with a higher priority preempted the build pod", "build again"},
    {"Preempted", "a pod with a higher priority preempted the build pod",
     "build again"},
    {"EvictionByEvictionAPI",
     "the build pod was evicted, for example by `kubectl drain`",
     "build again"},
    {"DeletionByPodGC", "the node of the build pod no longer exists",
     "build again"},
};

// Kueue says in a condition of its own why it deletes a pod; the reason is
// "WorkloadEvicted", or that with its cause: "WorkloadEvictedDueToPreempted".
bool IsEvictionByKueue(const json::Value& condition) {
  return condition["type"].string_or() == "TerminationTarget" &&
         absl::StartsWith(condition["reason"].string_or(), "WorkloadEvicted");
}

bool IsAboutImage(const json::Value& status) {
  absl::string_view reason =
      status.Get({"state", "waiting", "reason"}).string_or();
  return absl::StrContains(reason, "Image");
}

// Whether kaniko may run although this container does not: the kubelet starts a
// pod's containers one after the other, whichever of them fails, and restarts
// native sidecars.
bool IsRetried(const json::Value& pod, const json::Value& status,
               absl::string_view list) {
  absl::string_view name = status["name"].string_or();
  if (IsOurs(name)) return false;
  if (list == "containerStatuses") return true;
  return kube::IsNativeSidecar(pod, name) && !IsAboutImage(status);
}

// Reasons of a kubelet for not taking a pod.
bool IsRejection(absl::string_view reason) {
  return absl::StartsWith(reason, "OutOf") || reason == "NodeAffinity" ||
         reason == "MatchNodeSelector" || reason == "InvalidNodeInfo" ||
         reason == "UnexpectedAdmissionError" || reason == "NodeShutdown";
}

// Reasons of a kubelet for ending a pod.
bool IsTermination(absl::string_view reason) {
  return reason == "Preempting" || reason == "Terminated" ||
         reason == "Shutdown";
}

}  // namespace

bool WasRejectedByNode(const json::Value& pod) {
  return pod.Get({"status", "phase"}).string_or() == "Failed" &&
         IsRejection(pod.Get({"status", "reason"}).string_or()) &&
         !kube::AnyContainerHasStarted(pod);
}

std::optional<Failure> ExplainPodReason(const json::Value& pod) {
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
    Failure failure =
        Environment(absl::StrCat("the build took longer than its deadline of ",
                                 seconds, "s"),
                    std::move(details), "raise `timeout` under `kaniko`");
    const json::Value& kaniko =
        kube::ContainerStatus(pod, kube::kKanikoContainer)["state"];
    if (!kaniko["running"].is_null() || !kaniko["terminated"].is_null()) {
      failure.kind = FailureKind::kBuild;
    }
    return failure;
  }
  if (reason == "NodeLost") {
    return Disruption("the node of the build pod was lost", std::move(details),
                      "build again; the cluster removes the old pod");
  }
  if (IsRejection(reason) || IsTermination(reason)) {
    Failure failure = Environment(
        absl::StrCat("the node rejected or terminated the build pod (", reason,
                     ")"),
        std::move(details), "build again");
    failure.was_disrupted = IsTermination(reason);
    return failure;
  }
  return std::nullopt;
}

Failure ExplainFailedPhase(const json::Value& pod) {
  const json::Value& status = pod["status"];
  return Environment(
      absl::StrCat("the build pod failed (",
                   status["reason"].string_or("no reason given"), ")"),
      {std::string(status["message"].string_or())}, "");
}

Failure ExplainDeletion(const json::Value& pod,
                        const std::vector<json::Value>& events) {
  std::vector<std::pair<absl::string_view, absl::string_view>> said = {
      {pod.Get({"status", "reason"}).string_or(),
       pod.Get({"status", "message"}).string_or()}};
  for (const json::Value& condition :
       pod.Get({"status", "conditions"}).items()) {
    if (IsEvictionByKueue(condition)) {
      return Disruption("Kueue removed the build pod from its queue's quota",
                        {std::string(condition["message"].string_or())},
                        "build again");
    }
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
        return Disruption(std::string(row.what), {std::string(message)},
                          row.hint);
      }
    }
  }
  return Environment(
      "the build pod was deleted while it was in use", {},
      "build again; find out what deletes pods in this namespace");
}

Failure ExplainExit(const json::Value& pod, const json::Value& status) {
  const json::Value& terminated = status.Get({"state", "terminated"});
  absl::string_view reason = terminated["reason"].string_or();
  absl::string_view name = status["name"].string_or();
  std::vector<std::string> details;
  if (absl::string_view message = terminated["message"].string_or();
      !message.empty()) {
    details.emplace_back(message);
  }
  if (!IsOurs(name)) return InjectedExit(pod, status, std::move(details));
  if (reason == "OOMKilled") return OutOfMemory(pod, name);
  if (reason == "StartError" || reason == "ContainerCannotRun") {
    return Environment(absl::StrCat("the node could not start container `",
                                    name, "` (", reason, ")"),
                       std::move(details),
                       "check `command`, the image and its architecture");
  }
  const bool is_kaniko = name == kube::kKanikoContainer;
  Failure failure;
  failure.kind = is_kaniko ? FailureKind::kBuild : FailureKind::kEnvironment;
  failure.what = absl::StrCat(
      is_kaniko ? "kaniko" : absl::StrCat("container `", name, "`"),
      " exited with code ", terminated["exitCode"].int_or());
  failure.details = std::move(details);
  return failure;
}

std::optional<StartFailure> ExplainWait(
    const json::Value& pod, const std::vector<json::Value>& events) {
  std::optional<StartFailure> first;
  for (absl::string_view list :
       {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& status : pod.Get({"status", list}).items()) {
      std::optional<Failure> failure = HopelessWait(pod, status, events);
      if (!failure) continue;
      const absl::string_view reason =
          status.Get({"state", "waiting", "reason"}).string_or();
      const std::string& message = failure->details[0];
      StartFailure found;
      found.is_slow = IsRuntimeSlow(reason, message);
      found.may_pass = found.is_slow || IsRetried(pod, status, list) ||
                       MayPullLater(pod, reason, message) ||
                       MayBeConfiguredLater(reason, message);
      found.failure = *std::move(failure);
      if (!found.may_pass) return found;
      if (!first) first = std::move(found);
    }
  }
  return first;
}

std::optional<Failure> ExplainMissingClaim(const json::Value& pod) {
  constexpr absl::string_view kStart = "persistentvolumeclaim \"";
  const std::optional<std::string> message = UnschedulableMessage(pod);
  const absl::string_view text = message ? *message : absl::string_view();
  const size_t at = text.find(kStart);
  if (at == text.npos) return std::nullopt;
  const absl::string_view rest = text.substr(at + kStart.size());
  const absl::string_view claim = rest.substr(0, rest.find('"'));
  if (!absl::StartsWith(rest.substr(claim.size()), "\" not found")) {
    return std::nullopt;
  }
  return Environment(
      absl::StrCat("the PersistentVolumeClaim `", claim, "` does not exist"),
      {*message},
      "create it in the build namespace, or fix `cacheVolumes` "
      "under `kaniko`");
}

std::optional<Failure> ExplainUnschedulable(const json::Value& pod) {
  const std::optional<std::string> message = UnschedulableMessage(pod);
  if (!message) return std::nullopt;
  Failure failure = Environment("the build pod cannot be scheduled", {*message},
                                ScheduleHint(*message));
  std::string selector = NodeSelector(pod);
  if (IsAboutNodeLabels(*message) && !selector.empty()) {
    failure.details.push_back(std::move(selector));
  }
  return failure;
}

std::optional<Failure> ExplainUnseen(const json::Value& pod) {
  if (pod.is_null() || HasNode(pod) || UnschedulableMessage(pod)) {
    return std::nullopt;
  }
  const absl::string_view scheduler =
      pod.Get({"spec", "schedulerName"}).string_or();
  if (scheduler.empty() || scheduler == kDefaultScheduler) {
    return Environment("no scheduler has looked at the build pod", {},
                       "ask the cluster's administrator whether its scheduler "
                       "runs (`kubectl get pods -n kube-system`)");
  }
  return Environment(
      "no scheduler has looked at the build pod",
      {absl::StrCat("schedulerName: ", scheduler)},
      "fix `schedulerName` under `kaniko`, or ask the cluster's administrator "
      "whether a scheduler of this name runs");
}

std::optional<Failure> ExplainLostNode(const json::Value& pod,
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
    return Disruption(
        absl::StrCat("node `", node, "` of the build pod does not answer"),
        {std::string(said.empty() ? "Node is not ready" : said)},
        absl::StrCat(
            "build again, on another node; see `kubectl describe node ", node,
            "`"));
  }
  return std::nullopt;
}

}  // namespace ovenbird::build
