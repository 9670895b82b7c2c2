#include "runtime/build/cluster/api_failure.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "re2/re2.h"
#include "runtime/base/json.h"
#include "runtime/kube/api_error.h"

namespace ovenbird::build {
namespace {

// HTTP code, a part of the message, what it means, what to do. `$NS` stands
// for the namespace, `$VERB` and `$RESOURCE` for what is not allowed.
struct Meaning {
  int code;
  absl::string_view part;
  absl::string_view what;
  absl::string_view hint;
};
constexpr Meaning kMeanings[] = {
    {401, "", "the cluster rejected your credentials (401)",
     "log in again (the kubeconfig's user), or choose another --kube-context"},
    {403, "exceeded quota", "the build exceeds the namespace's quota",
     "lower `resources`, wait for other pods to finish, or request more quota"},
    {403, "must specify", "the namespace's quota requires `resources`",
     "set `resources.requests` and `resources.limits` under `kaniko`"},
    {403, "failed quota", "the namespace's quota requires `resources`",
     "set `resources.requests` and `resources.limits` under `kaniko`"},
    {403, "per Container is", "a LimitRange of the namespace rejects the pod",
     "set `resources` within its bounds"},
    {403, "per Pod is", "a LimitRange of the namespace rejects the pod",
     "set `resources` within its bounds"},
    {403, "violates PodSecurity",
     "the namespace's Pod Security level rejects the pod",
     "build in another namespace: kaniko must run as root, which `baseline` "
     "allows and `restricted` does not"},
    {403, "is being terminated", "the namespace is being deleted",
     "wait until it is deleted and create it again, or use another namespace"},
    {403, "admission webhook", "an admission webhook rejects the pod", ""},
    {403, "looking up service account", "the service account cannot be used",
     "check `serviceAccount` under `kaniko`"},
    {403, "no PriorityClass with name",
     "the cluster does not have the priority class",
     "fix `priorityClassName` under `kaniko`; `kubectl get priorityclasses` "
     "lists them"},
    {403, "RuntimeClass", "the cluster does not have the runtime class",
     "fix `runtimeClassName` under `kaniko`; `kubectl get runtimeclasses` "
     "lists them"},
    {403, "no API token found for service account",
     "the service account cannot be used", "try again in a moment"},
    {403, "cannot",
     "you are not allowed to `$VERB` `$RESOURCE` in namespace `$NS`",
     "ask for the role that `ovenbird rbac` prints: it has all rights that "
     "your builds need"},
    {403, "", "you are not allowed to do this in the cluster",
     "ask the cluster's administrator"},
    {404, "namespaces ", "the namespace `$NS` does not exist",
     "create it (`kubectl create namespace $NS`), or fix `namespace`"},
    {400, "does not support dry run",
     "an admission webhook of the cluster does not support dry runs",
     "ask the cluster's administrator to declare its `sideEffects`"},
    {400, "admission webhook", "an admission webhook rejects the pod", ""},
    {422, "", "the cluster rejected the object as invalid", ""},
    {500, "failed calling webhook",
     "an admission webhook of the cluster does not answer",
     "ask the cluster's administrator; no pod can be created until it answers"},
};

// Of `... cannot create resource "pods/exec" in API group ...`; "use" and
// "this" when it says it otherwise.
std::pair<std::string, std::string> NotAllowed(absl::string_view message) {
  std::string verb, resource;
  if (RE2::PartialMatch(re2::StringPiece(message.data(), message.size()),
                        R"re(cannot (\w+) resource "([^"]*)")re", &verb,
                        &resource)) {
    return {verb, resource};
  }
  return {"use", "this"};
}

// Returns the message of an API server, completed: an exec needs the verb
// `create`, too, and Kubernetes 1.35 and later refuse it without a reason.
std::string MessageOf(const kube::ApiError& error) {
  constexpr absl::string_view kExec =
      "cannot create resource \"pods/exec\"; an exec needs `get` and `create`";
  return error.code == 403 && absl::StartsWith(error.message, "pods ") &&
                 absl::EndsWith(error.message, "is forbidden: ")
             ? absl::StrCat(error.message, kExec)
             : error.message;
}

// Returns the fields that the server names as causes.
std::vector<RejectedField> RejectedFields(const json::Value& details) {
  std::vector<RejectedField> fields;
  const json::Array* causes = details["causes"].as_array();
  if (causes == nullptr) return fields;
  for (const json::Value& cause : *causes) {
    const absl::string_view field = cause["field"].string_or();
    if (field.empty()) continue;
    fields.push_back(
        {std::string(field), std::string(cause["message"].string_or())});
  }
  return fields;
}

}  // namespace

Failure ExplainApiError(const absl::Status& status, absl::string_view doing,
                        absl::string_view name_space) {
  Failure failure = FromStatus(status);
  if (failure.kind == FailureKind::kInterrupted) return failure;
  failure.what = absl::StrCat("cannot ", doing, ": ", status.message());
  std::optional<kube::ApiError> error = kube::ApiErrorOf(status);
  if (!error) return failure;
  const std::string message = MessageOf(*error);
  for (const Meaning& row : kMeanings) {
    if (row.code != error->code || !absl::StrContains(message, row.part)) {
      continue;
    }
    const std::pair<std::string, std::string> not_allowed = NotAllowed(message);
    auto filled = [&](absl::string_view text) {
      return absl::StrReplaceAll(text, {{"$NS", name_space},
                                        {"$VERB", not_allowed.first},
                                        {"$RESOURCE", not_allowed.second}});
    };
    failure.what = absl::StrCat("cannot ", doing, ": ", filled(row.what));
    failure.details = {message};
    failure.hint = filled(row.hint);
    if (error->code == 422) failure.rejected = RejectedFields(error->details);
    break;
  }
  return failure;
}

}  // namespace ovenbird::build
