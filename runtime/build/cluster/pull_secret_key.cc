#include "runtime/build/cluster/pull_secret_key.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/api_failure.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/registry/cloud_registries.h"
#include "runtime/registry/pull_secret.h"
#include "runtime/yaml/at.h"

namespace ovenbird::build {
namespace {

constexpr const char* kKeys[] = {".dockerconfigjson", "config.json"};

// `problem` says the same at the option.
Failure ConfigFailure(const PullSecretRequest& request, std::string what,
                      std::string hint, diag::Diagnostic problem) {
  Failure failure;
  failure.kind = FailureKind::kEnvironment;
  failure.what = std::move(what);
  failure.hint = std::move(hint);
  if (request.option == nullptr) return failure;
  problem.span = request.option->span();
  problem.config_path = request.config_path;
  failure.diagnostics.push_back(yaml::At(*request.option, std::move(problem)));
  return failure;
}

// kaniko has its own credentials for some.
std::string Named(const std::vector<std::string>& missing,
                  const std::vector<std::string>& wanted) {
  std::vector<std::string> both;
  for (const std::string& domain : missing) {
    if (!registry::HasLoginOfItsOwn(domain) &&
        std::find(wanted.begin(), wanted.end(), domain) != wanted.end()) {
      both.push_back(domain);
    }
  }
  return absl::StrJoin(both, ", ");
}

diag::Diagnostic ContentProblem(const PullSecretRequest& request,
                                const std::string& key,
                                const registry::ConfigJsonCheck& check) {
  return check.helper.empty()
             ? diag::PullSecretContent({}, request.name, key, check.text)
             : diag::PullSecretHelper({}, request.name, check.helper);
}

std::optional<Failure> CheckContent(const PullSecretRequest& request,
                                    const std::string& key,
                                    absl::string_view encoded,
                                    Observer& observer) {
  std::string content;
  if (!absl::Base64Unescape(encoded, &content)) return std::nullopt;
  std::vector<std::string> needed = request.pushed;
  needed.insert(needed.end(), request.pulled.begin(), request.pulled.end());
  const registry::ConfigJsonCheck check =
      registry::CheckConfigJson(content, needed);
  const std::string secret = absl::StrCat("pull secret `", request.name, "`");
  if (check.broken) {
    return ConfigFailure(request, absl::StrCat(secret, ": ", check.text), "",
                         ContentProblem(request, key, check));
  }
  if (!check.text.empty()) {
    observer.Warn(absl::StrCat(secret, ": ", check.text));
  }
  const std::string has = absl::StrCat(
      "; it has ",
      check.known.empty() ? "none at all" : absl::StrJoin(check.known, ", "));
  if (std::string none = Named(check.missing, request.pushed); !none.empty()) {
    observer.Warn(absl::StrCat(secret, " has no entry for ", none, has,
                               ": the push runs without credentials"));
  }
  if (std::string none = Named(check.missing, request.pulled); !none.empty()) {
    observer.Step(absl::StrCat(
        secret, " has no entry for ", none, has,
        ": base images are pulled from there without credentials"));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> FindPullSecretKey(kube::Client& client,
                                         const PullSecretRequest& request,
                                         Observer& observer,
                                         Cancellation& cancel,
                                         std::string& key) {
  const std::string& name_space = request.name_space;
  const std::string& secret = request.name;
  kube::Resource resource;
  resource.plural = "secrets";
  resource.name_space = name_space;
  absl::StatusOr<json::Value> found = client.Get(resource, secret, &cancel);
  if (absl::IsPermissionDenied(found.status())) {
    observer.Warn(absl::StrCat("cannot read pull secret `", secret,
                               "` (not allowed): using its key `", key, "`"));
    return std::nullopt;
  }
  if (absl::IsNotFound(found.status())) {
    return ConfigFailure(
        request,
        absl::StrCat("pull secret `", secret, "` is not in namespace `",
                     name_space, "`"),
        absl::StrCat("create it: kubectl create secret docker-registry ",
                     secret, " -n ", name_space,
                     " --docker-server=... --docker-username=... "
                     "--docker-password=..."),
        diag::PullSecretMissing({}, secret, name_space));
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
    return CheckContent(request, key, value.string_or(), observer);
  }
  const std::string names = keys.empty() ? "(none)" : absl::StrJoin(keys, ", ");
  return ConfigFailure(
      request,
      absl::StrCat("pull secret `", secret,
                   "` has neither `.dockerconfigjson` nor `config.json`; its "
                   "keys: ",
                   names),
      "store the Docker config under one of the two keys",
      diag::PullSecretWithoutKey({}, secret, names));
}

}  // namespace ovenbird::build
