#include "runtime/kube/auth_provider.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/rfc3339.h"

namespace ovenbird::kube {
namespace {

// The time of expiry of a JWT; the far past when it cannot be read.
absl::Time TokenExpiry(absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string claims;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &claims)) {
    return absl::InfinitePast();
  }
  const absl::StatusOr<json::Value> parsed = json::Parse(claims);
  if (!parsed.ok()) return absl::InfinitePast();
  return absl::FromUnixSeconds((*parsed)["exp"].int_or());
}

struct Replacement {
  absl::string_view provider;
  absl::string_view advice;
};

constexpr Replacement kReplacements[] = {
    {"gcp",
     "install gke-gcloud-auth-plugin and run `gcloud container clusters "
     "get-credentials CLUSTER`, which writes an `exec` user"},
    {"azure",
     "install kubelogin (github.com/Azure/kubelogin) and run `kubelogin "
     "convert-kubeconfig`, which writes an `exec` user"},
    {"oidc",
     "log in again with kubectl, which writes a new id-token, or use the "
     "`exec` plugin kubelogin (`kubectl oidc-login setup`)"},
};

}  // namespace

absl::StatusOr<std::string> AuthProviderToken(absl::string_view provider,
                                              const json::Value& config) {
  const absl::Time soon = absl::Now() + absl::Seconds(10);
  if (provider == "oidc") {
    const absl::string_view token = config["id-token"].string_or();
    if (TokenExpiry(token) > soon) return std::string(token);
  }
  if (provider == "gcp") {
    const absl::string_view token = config["access-token"].string_or();
    if (!token.empty() && ParseRfc3339(config["expiry"].string_or()) > soon) {
      return std::string(token);
    }
  }
  absl::string_view advice = "use an `exec` plugin, a token or a certificate";
  for (const Replacement& replacement : kReplacements) {
    if (replacement.provider == provider) advice = replacement.advice;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the auth-provider `", provider,
      "` has no valid token here, and Ovenbird cannot request one (Kubernetes "
      "has replaced auth-providers with exec plugins); ",
      advice));
}

}  // namespace ovenbird::kube
