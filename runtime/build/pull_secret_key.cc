#include "runtime/build/pull_secret_key.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"
#include "runtime/build/api_failure.h"
#include "runtime/registry/pull_secret.h"

namespace ovenbird::build {
namespace {

constexpr const char* kKeys[] = {".dockerconfigjson", "config.json"};

Failure ConfigFailure(std::string what, std::string hint) {
  Failure failure;
  failure.kind = FailureKind::kEnvironment;
  failure.what = std::move(what);
  failure.hint = std::move(hint);
  return failure;
}

std::optional<Failure> CheckContent(const std::string& secret,
                                    absl::string_view encoded,
                                    Observer& observer) {
  std::string content;
  if (!absl::Base64Unescape(encoded, &content)) return std::nullopt;
  registry::ConfigJsonCheck check = registry::CheckConfigJson(content, {});
  if (check.text.empty()) return std::nullopt;
  std::string text = absl::StrCat("pull secret `", secret, "`: ", check.text);
  if (check.broken) return ConfigFailure(std::move(text), "");
  observer.Warn(text);
  return std::nullopt;
}

}  // namespace

std::optional<Failure> FindPullSecretKey(kube::Client& client,
                                         const std::string& name_space,
                                         const std::string& secret,
                                         Observer& observer,
                                         Cancellation& cancel,
                                         std::string& key) {
  kube::Resource resource;
  resource.plural = "secrets";
  resource.ns = name_space;
  absl::StatusOr<json::Value> found = client.Get(resource, secret, &cancel);
  if (absl::IsPermissionDenied(found.status())) {
    observer.Warn(absl::StrCat("can't look into pull secret `", secret,
                               "` (not allowed): taking its key `", key, "`"));
    return std::nullopt;
  }
  if (absl::IsNotFound(found.status())) {
    return ConfigFailure(
        absl::StrCat("pull secret `", secret, "` is not in namespace `",
                     name_space, "`"),
        absl::StrCat("create it: kubectl create secret docker-registry ",
                     secret, " -n ", name_space,
                     " --docker-server=... --docker-username=... "
                     "--docker-password=..."));
  }
  if (!found.ok()) {
    return ExplainApiError(found.status(),
                           absl::StrCat("read pull secret `", secret, "`"),
                           name_space);
  }
  std::vector<std::string> keys;
  for (const json::Member& item : (*found)["data"].members()) {
    keys.push_back(absl::StrCat("`", item.first, "`"));
  }
  for (const char* candidate : kKeys) {
    const json::Value& value = (*found)["data"][candidate];
    if (value.is_null()) continue;
    key = candidate;
    return CheckContent(secret, value.string_or(), observer);
  }
  return ConfigFailure(
      absl::StrCat("pull secret `", secret,
                   "` has neither `.dockerconfigjson` nor `config.json`; its "
                   "keys: ",
                   keys.empty() ? "(none)" : absl::StrJoin(keys, ", ")),
      "put the Docker config under one of the two keys");
}

}  // namespace ovenbird::build
