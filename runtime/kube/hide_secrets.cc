#include "runtime/kube/hide_secrets.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {
namespace {

// The same registries, without the credentials.
std::string WithoutLogins(const std::string& docker_config) {
  json::Value auths{json::Object{}};
  absl::StatusOr<json::Value> config = json::Parse(docker_config);
  if (config.ok()) {
    for (const json::Member& entry : (*config)["auths"].members()) {
      json::Value hidden;
      hidden.Set("auth", "");
      auths.Set(entry.first, std::move(hidden));
    }
  }
  json::Value result;
  result.Set("auths", std::move(auths));
  return json::Write(result);
}

}  // namespace

void HideSecrets(BuildSpec& spec) {
  if (!spec.docker_config.empty()) {
    spec.docker_config = WithoutLogins(spec.docker_config);
  }
  for (BuildSecret& secret : spec.secrets) secret.value = "(hidden)";
}

}  // namespace ovenbird::kube
