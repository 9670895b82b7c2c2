#include "runtime/registry/pull_secret.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/reference.h"

namespace ovenbird::registry {
namespace {

json::Value ToEntry(const Credentials& credentials) {
  json::Value entry = json::Object();
  if (!credentials.registry_token.empty()) {
    entry.Set("registrytoken", credentials.registry_token);
    return entry;
  }
  if (!credentials.username.empty() || !credentials.password.empty()) {
    entry.Set("auth", absl::Base64Escape(absl::StrCat(credentials.username, ":",
                                                      credentials.password)));
  }
  if (!credentials.identity_token.empty()) {
    entry.Set("identitytoken", credentials.identity_token);
  }
  if (!credentials.email.empty()) entry.Set("email", credentials.email);
  return entry;
}

ConfigJsonCheck Broken(std::string text) {
  return {true, std::move(text), {}, {}, ""};
}
ConfigJsonCheck Remark(std::string text) {
  return {false, std::move(text), {}, {}, ""};
}

// Stores of a person's desktop, which no container has.
bool IsDesktopStore(absl::string_view helper) {
  for (absl::string_view name :
       {"desktop", "desktop.exe", "osxkeychain", "wincred", "wincred.exe",
        "secretservice", "pass"}) {
    if (helper == name) return true;
  }
  return false;
}

bool IsJsonObject(absl::string_view text) {
  absl::StatusOr<json::Value> value = json::Parse(text);
  return value.ok() && value->as_object() != nullptr;
}

// Why `content` is not a JSON object, as far as its text shows.
std::string WhyNotJson(absl::string_view content, absl::string_view reason) {
  const absl::string_view text = absl::StripAsciiWhitespace(content);
  if (text.empty()) return "it is empty";
  if (text.size() >= 2 && text.front() == text.back() &&
      (text.front() == '\'' || text.front() == '"') &&
      absl::StrContains(text, '{')) {
    return absl::StrCat(
        "it is wrapped in ", text.front() == '\'' ? "single" : "double",
        " quotes, and no shell removed them (the arguments of a hook and YAML "
        "lists are passed on verbatim); write it without them");
  }
  std::string decoded;
  if (absl::Base64Unescape(text, &decoded) && IsJsonObject(decoded)) {
    return "it was base64-encoded twice: `data` of a Secret is base64-encoded "
           "once, `stringData` and `kubectl create secret` take plain text";
  }
  if (text.front() == '{' && !absl::StrContains(text, '"')) {
    return "it has no double quotes, because a shell removed them; put the "
           "JSON into single quotes, or into a file (--from-file)";
  }
  return absl::StrCat("it is not JSON: ", reason);
}

std::string ServiceAccountHelp() {
  return "it is the key of a Google service account, not a Docker config; log "
         "in with it (user `_json_key`, the key as password): kubectl create "
         "secret docker-registry NAME --docker-server=HOST "
         "--docker-username=_json_key --docker-password=\"$(cat KEY.json)\"; "
         "or mount it and set GOOGLE_APPLICATION_CREDENTIALS";
}

// The helper that the config names for a desktop store, for all registries or
// for one of `domains`; empty: none.
std::string DesktopStore(const json::Value& config,
                         const std::vector<std::string>& domains) {
  for (const auto& [host, helper] : config["credHelpers"].members()) {
    if (IsDesktopStore(helper.string_or()) &&
        std::find(domains.begin(), domains.end(), NormalizeDomain(host)) !=
            domains.end()) {
      return std::string(helper.string_or());
    }
  }
  const absl::string_view store = config["credsStore"].string_or();
  return IsDesktopStore(store) ? std::string(store) : "";
}

std::vector<std::string> DomainsWithEntry(const json::Value& config) {
  std::set<std::string> result;
  for (absl::string_view section : {"auths", "credHelpers"}) {
    for (const auto& [key, value] : config[section].members()) {
      result.insert(NormalizeDomain(key));
    }
  }
  return {result.begin(), result.end()};
}

std::string KeysOf(const json::Value& value) {
  return absl::StrJoin(value.members(), ", ",
                       [](std::string* out, const json::Member& member) {
                         absl::StrAppend(out, "`", member.first, "`");
                       });
}

}  // namespace

absl::StatusOr<PullSecret> MakePullSecret(
    const DockerConfig& config, const std::vector<std::string>& domains,
    Cancellation* cancel) {
  std::set<std::string> wanted;
  for (const std::string& domain : domains) {
    wanted.insert(NormalizeDomain(domain));
  }
  PullSecret result;
  json::Value auths = json::Object();
  for (const std::string& domain : wanted) {
    ASSIGN_OR_RETURN(CredentialsLookup found, config.Find(domain, cancel));
    if (found.credentials.has_value()) {
      auths.Set(AuthsKey(domain), ToEntry(*found.credentials));
      result.domains.push_back(domain);
    } else if (!found.warning.empty() &&
               std::find(result.warnings.begin(), result.warnings.end(),
                         found.warning) == result.warnings.end()) {
      result.warnings.push_back(std::move(found.warning));
    }
  }
  if (!result.domains.empty()) {
    json::Value root;
    root.Set("auths", std::move(auths));
    result.config_json = json::Write(root);
  }
  return result;
}

ConfigJsonCheck CheckConfigJson(absl::string_view content,
                                const std::vector<std::string>& domains) {
  absl::StatusOr<json::Value> config = json::Parse(content);
  if (!config.ok() || config->as_object() == nullptr) {
    return Broken(WhyNotJson(
        content, config.ok() ? "an object in { } is needed"
                             : absl::string_view(config.status().message())));
  }
  if ((*config)["type"].string_or() == "service_account") {
    return Broken(ServiceAccountHelp());
  }
  const std::string store = DesktopStore(*config, domains);
  if (!store.empty()) {
    ConfigJsonCheck broken = Broken(absl::StrCat(
        "it names the credential store `", store,
        "` of the machine that it was copied from, but the build's container "
        "has no docker-credential-",
        store,
        ". Create the Secret with the password itself: kubectl create secret "
        "docker-registry NAME --docker-server=HOST --docker-username=USER "
        "--docker-password=PASSWORD"));
    broken.helper = store;
    return broken;
  }
  if ((*config)["auths"].is_null() && (*config)["credHelpers"].is_null() &&
      (*config)["credsStore"].is_null()) {
    return Remark(absl::StrCat(
        "it has none of `auths`, `credHelpers` and `credsStore`",
        config->members().empty() ? ""
                                  : absl::StrCat(", but ", KeysOf(*config))));
  }
  if (!(*config)["credsStore"].is_null()) return {};
  ConfigJsonCheck check;
  check.known = DomainsWithEntry(*config);
  for (const std::string& domain : domains) {
    if (std::find(check.known.begin(), check.known.end(),
                  NormalizeDomain(domain)) == check.known.end()) {
      check.missing.push_back(domain);
    }
  }
  return check;
}

}  // namespace ovenbird::registry
