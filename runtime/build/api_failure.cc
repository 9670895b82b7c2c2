#include "runtime/build/api_failure.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/kube/api_error.h"

namespace ovenbird::build {
namespace {

// HTTP code (0: any), a part of the message, what it means, what to do. `$NS`
// stands for the namespace.
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
    {403, "serviceaccount", "the service account can't be used",
     "check `serviceAccount` of the kaniko section"},
    {403, "", "you are not allowed to do this in the cluster",
     "ask for a role that allows: get, list, watch, create, delete on pods; "
     "create, get, patch, delete on secrets; create on pods/exec; get on "
     "pods/log"},
    {404, "namespaces ", "the namespace `$NS` does not exist",
     "create it (`kubectl create namespace $NS`), or mend `namespace`"},
    {400, "admission webhook", "an admission webhook refuses the pod", ""},
    {422, "", "the cluster finds the object invalid", ""},
};

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
    auto filled = [&](absl::string_view text) {
      std::string result(text);
      for (size_t at; (at = result.find("$NS")) != std::string::npos;) {
        result.replace(at, 3, std::string(name_space));
      }
      return result;
    };
    failure.what = absl::StrCat("can't ", doing, ": ", filled(row.what));
    failure.details = {error->message};
    failure.hint = filled(row.hint);
    break;
  }
  return failure;
}

}  // namespace ovenbird::build
