#include "runtime/build/cluster/api_failure.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "re2/re2.h"
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
    {401, "", "the cluster does not accept your login (401)",
     "log in again (the kubeconfig's user), or choose another --kube-context"},
    {403, "exceeded quota", "the namespace's quota has no room for the build",
     "set smaller `resources`, wait for others, or ask for more quota"},
    {403, "must specify", "the namespace's quota wants resources to be set",
     "set `resources.requests` and `resources.limits` of the kaniko section"},
    {403, "failed quota", "the namespace's quota wants resources to be set",
     "set `resources.requests` and `resources.limits` of the kaniko section"},
    {403, "per Container is", "a LimitRange of the namespace refuses the pod",
     "set `resources` within its bounds"},
    {403, "per Pod is", "a LimitRange of the namespace refuses the pod",
     "set `resources` within its bounds"},
    {403, "violates PodSecurity",
     "the namespace's Pod Security level refuses the pod",
     "kaniko must run as root: `baseline` allows that, `restricted` never "
     "does; build in another namespace"},
    {403, "is being terminated", "the namespace is being deleted",
     "wait until it is gone and create it again, or use another namespace"},
    {403, "admission webhook", "an admission webhook refuses the pod", ""},
    {403, "looking up service account", "the service account can't be used",
     "check `serviceAccount` of the kaniko section"},
    {403, "no API token found for service account",
     "the service account can't be used", "try again in a moment"},
    {403, "cannot", "you may not `$VERB` `$RESOURCE` in namespace `$NS`",
     "ask for a role that allows it; all that a build needs: kubectl create "
     "role ovenbird -n $NS --verb=get,list,watch,create,delete,patch "
     "--resource=pods,pods/log,pods/exec,secrets,events"},
    {403, "", "you are not allowed to do this in the cluster",
     "ask the cluster's administrator"},
    {404, "namespaces ", "the namespace `$NS` does not exist",
     "create it (`kubectl create namespace $NS`), or mend `namespace`"},
    {400, "admission webhook", "an admission webhook refuses the pod", ""},
    {422, "", "the cluster finds the object invalid", ""},
    {500, "failed calling webhook",
     "an admission webhook of the cluster does not answer",
     "tell the cluster's administrator; no pod can be made until it does"},
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

}  // namespace

Failure ExplainApiError(const absl::Status& status, absl::string_view doing,
                        absl::string_view name_space) {
  Failure failure = FromStatus(status);
  if (failure.kind == FailureKind::kInterrupted) return failure;
  failure.what = absl::StrCat("can't ", doing, ": ", status.message());
  std::optional<kube::ApiError> error = kube::ApiErrorOf(status);
  if (!error) return failure;
  for (const Meaning& row : kMeanings) {
    if (row.code != error->code ||
        !absl::StrContains(error->message, row.part)) {
      continue;
    }
    const std::pair<std::string, std::string> not_allowed =
        NotAllowed(error->message);
    auto filled = [&](absl::string_view text) {
      return absl::StrReplaceAll(text, {{"$NS", name_space},
                                        {"$VERB", not_allowed.first},
                                        {"$RESOURCE", not_allowed.second}});
    };
    failure.what = absl::StrCat("can't ", doing, ": ", filled(row.what));
    failure.details = {error->message};
    failure.hint = filled(row.hint);
    break;
  }
  return failure;
}

}  // namespace ovenbird::build
