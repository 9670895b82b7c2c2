#include "runtime/build/cluster/pod_start.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"

namespace ovenbird::build {
namespace {

// The attempts come 0.5, 1.5, 3.5 and 7.5 seconds after the first one.
constexpr int kMostAttempts = 5;

constexpr absl::string_view kVolumeHint =
    "check the volumes of `cacheVolumes`, `additionalMounts` and `secrets`, "
    "and the storage of the cluster";
constexpr absl::string_view kNodeHint =
    "ask the cluster's administrator to check the node and its network";

// Reasons of events about a start that the cluster tries again, with a sentence
// for each.
struct SlowStart {
  absl::string_view reason;
  absl::string_view what;
  absl::string_view hint;
};
constexpr SlowStart kSlowStarts[] = {
    {"FailedAttachVolume", "a volume of the build pod cannot be attached",
     "a volume with ReadWriteOnce is on one node at a time: wait for the pod "
     "that uses it, or use ReadWriteMany"},
    {"FailedMount", "a volume of the build pod cannot be mounted", kVolumeHint},
    {"FailedMapVolume", "a volume of the build pod cannot be mounted",
     kVolumeHint},
    {"FailedCreatePodSandBox", "the node cannot start the build pod",
     kNodeHint},
    {"NetworkNotReady", "the node cannot start the build pod", kNodeHint},
};

// Other reasons begin like this: FailedCreatePodContainer, FailedSync,
// FailedPrepareDynamicResources. "Failed" alone is of a container, whose status
// says more.
constexpr absl::string_view kOthersBegin = "Failed";
// Of the scheduler, whose condition says more, and of a pull secret that the
// image may not need.
constexpr absl::string_view kNoSlowStart[] = {
    "Failed", "FailedScheduling", "FailedToRetrieveImagePullSecret"};

// Events after the mounts and the sandbox.
constexpr absl::string_view kProgress[] = {"SuccessfulAttachVolume", "Pulling",
                                           "Pulled", "Created", "Started"};

bool IsOneOf(absl::string_view reason,
             absl::Span<const absl::string_view> reasons) {
  return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
}

// Null: no problem.
const SlowStart* SlowStartOf(absl::string_view reason) {
  static constexpr SlowStart kOther = {
      "", "the node cannot start the build pod", kNodeHint};
  for (const SlowStart& row : kSlowStarts) {
    if (row.reason == reason) return &row;
  }
  return absl::StartsWith(reason, kOthersBegin) &&
                 !IsOneOf(reason, kNoSlowStart)
             ? &kOther
             : nullptr;
}

Failure Environment(absl::string_view what, std::string detail,
                    absl::string_view hint) {
  Failure failure;
  failure.kind = FailureKind::kEnvironment;
  failure.what = std::string(what);
  failure.details = {std::move(detail)};
  failure.hint = std::string(hint);
  return failure;
}

// Why a volume cannot be mounted, if the user's objects are the cause.
std::optional<Failure> MissingObject(absl::string_view message) {
  if (absl::StrContains(message, "references non-existent") ||
      absl::StrContains(message, "non-existent secret key") ||
      absl::StrContains(message, "non-existent config key")) {
    return Environment(
        "a Secret or ConfigMap lacks a key that the build pod mounts",
        std::string(message),
        "compare its keys (`kubectl describe`) with `items` of "
        "`additionalMounts` and with `key` of `secrets`");
  }
  // The cluster makes this one, a moment after the namespace.
  if (absl::StrContains(message, "kube-root-ca.crt")) return std::nullopt;
  if (absl::StrContains(message, "not found") &&
      (absl::StrContains(message, "secret") ||
       absl::StrContains(message, "configmap"))) {
    return Environment(
        "a Secret or ConfigMap that the build pod mounts does not exist",
        std::string(message),
        "create it in the build namespace, or fix `pullSecret`, "
        "`additionalMounts` or `secrets`");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> ExplainMissingVolume(
    const std::vector<json::Value>& events) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const absl::string_view reason = (*event)["reason"].string_or();
    if (IsOneOf(reason, kProgress)) return std::nullopt;
    if (reason != "FailedMount" || (*event)["count"].int_or() < kMostAttempts) {
      continue;
    }
    std::optional<Failure> failure =
        MissingObject((*event)["message"].string_or());
    if (failure) return failure;
  }
  return std::nullopt;
}

std::optional<Failure> ExplainSlowStart(
    const std::vector<json::Value>& events) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const absl::string_view reason = (*event)["reason"].string_or();
    if (IsOneOf(reason, kProgress)) return std::nullopt;
    const SlowStart* slow = SlowStartOf(reason);
    if (slow == nullptr) continue;
    absl::string_view message = (*event)["message"].string_or();
    absl::ConsumePrefix(&message, "(combined from similar events): ");
    return Environment(slow->what, absl::StrCat(reason, ": ", message),
                       slow->hint);
  }
  return std::nullopt;
}

bool IsRuntimeSlow(absl::string_view reason, absl::string_view message) {
  if (reason != "CreateContainerError" && reason != "RunContainerError") {
    return false;
  }
  // After a time-out the name of the container that is still being created is
  // taken: by containerd's words, and by CRI-O's.
  for (absl::string_view passing :
       {"deadline exceeded", "DeadlineExceeded", "is reserved for",
        "system load", "code = Unavailable", "connection refused"}) {
    if (absl::StrContains(message, passing)) return true;
  }
  return false;
}

std::string WithoutIds(absl::string_view text) {
  std::string out;
  size_t start = 0;  // of the word
  bool has_digit = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && absl::ascii_isalnum(text[i])) {
      has_digit = has_digit || absl::ascii_isdigit(text[i]);
      continue;
    }
    if (!has_digit) absl::StrAppend(&out, text.substr(start, i - start));
    if (i < text.size()) out += text[i];
    start = i + 1;
    has_digit = false;
  }
  return out;
}

}  // namespace ovenbird::build
