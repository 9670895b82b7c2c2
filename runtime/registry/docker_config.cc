#include "runtime/registry/docker_config.h"

#include <errno.h>

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/credential_helper.h"
#include "runtime/registry/reference.h"

namespace ovenbird::registry {
namespace {

std::string ConfigPath() {
  const std::string folder = EnvironmentOrEmpty("DOCKER_CONFIG");
  if (!folder.empty()) return absl::StrCat(folder, "/config.json");
  const std::string home = EnvironmentOrEmpty("HOME");
  return home.empty() ? "" : absl::StrCat(home, "/.docker/config.json");
}

// Docker Desktop keeps its own OAuth tokens under Docker Hub's host.
bool IsOwnTokenOfDocker(absl::string_view key) {
  return absl::EndsWith(key, "/access-token") ||
         absl::EndsWith(key, "/refresh-token");
}

// The item whose key is the registry's name as docker writes it, else the first
// whose key names the same host in another way; `end` when there is none.
template <typename Items, typename Key>
auto FindFor(const Items& items, const std::string& domain, Key key) {
  const std::string usual = AuthsKey(domain);
  auto found = items.end();
  for (auto item = items.begin(); item != items.end(); ++item) {
    if (key(*item) == usual) return item;
    if (found == items.end() && !IsOwnTokenOfDocker(key(*item)) &&
        NormalizeDomain(key(*item)) == domain) {
      found = item;
    }
  }
  return found;
}

// `auth` is base64 of "user:password"; some writers pad it with zero bytes.
absl::Status ReadAuth(absl::string_view auth, Credentials& credentials) {
  std::string decoded;
  if (!absl::Base64Unescape(auth, &decoded)) {
    return absl::InvalidArgumentError("`auth` is not base64");
  }
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(
        "`auth` is base64 of a string without `:`; it must be USER:PASSWORD");
  }
  credentials.username = decoded.substr(0, colon);
  credentials.password = decoded.substr(colon + 1);
  while (!credentials.password.empty() && credentials.password.back() == '\0') {
    credentials.password.pop_back();
  }
  return absl::OkStatus();
}

absl::StatusOr<Credentials> ReadEntry(const json::Value& entry) {
  Credentials result;
  result.username = std::string(entry["username"].string_or());
  result.password = std::string(entry["password"].string_or());
  result.identity_token = std::string(entry["identitytoken"].string_or());
  result.registry_token = std::string(entry["registrytoken"].string_or());
  result.email = std::string(entry["email"].string_or());
  const absl::string_view auth = entry["auth"].string_or();
  if (!auth.empty()) RETURN_IF_ERROR(ReadAuth(auth, result));
  return result;
}

bool IsEmpty(const Credentials& credentials) {
  return credentials.password.empty() && credentials.identity_token.empty() &&
         credentials.registry_token.empty();
}

}  // namespace

absl::StatusOr<DockerConfig> DockerConfig::Load() {
  DockerConfig result;
  if (const std::string text = EnvironmentOrEmpty("DOCKER_AUTH_CONFIG");
      !text.empty()) {
    ASSIGN_OR_RETURN(Layer layer, ParseLayer(text, "$DOCKER_AUTH_CONFIG"));
    result.layers_.push_back(std::move(layer));
  }
  const std::string path = ConfigPath();
  if (path.empty()) return result;
  ASSIGN_OR_RETURN(DockerConfig file, LoadFile(path));
  for (Layer& layer : file.layers_) result.layers_.push_back(std::move(layer));
  return result;
}

absl::StatusOr<DockerConfig> DockerConfig::LoadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return DockerConfig();
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  std::stringstream text;
  text << file.rdbuf();
  if (file.bad()) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  return Parse(text.str(), path);
}

absl::StatusOr<DockerConfig> DockerConfig::Parse(absl::string_view text,
                                                 std::string name) {
  // As docker does with a file of no bytes.
  if (absl::StripAsciiWhitespace(text).empty()) return DockerConfig();
  ASSIGN_OR_RETURN(Layer layer, ParseLayer(text, std::move(name)));
  DockerConfig result;
  result.layers_.push_back(std::move(layer));
  return result;
}

absl::StatusOr<DockerConfig::Layer> DockerConfig::ParseLayer(
    absl::string_view text, std::string name) {
  absl::StatusOr<json::Value> root = json::Parse(text);
  if (!root.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", root.status().message()));
  }
  if (root->as_object() == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": this is not a JSON object"));
  }
  Layer layer;
  layer.name = std::move(name);
  for (const auto& [key, value] : (*root)["auths"].members()) {
    layer.auths.push_back({key, value});
  }
  for (const auto& [key, value] : (*root)["credHelpers"].members()) {
    layer.cred_helpers.emplace_back(key, value.string_or());
  }
  layer.creds_store = std::string((*root)["credsStore"].string_or());
  return layer;
}

absl::StatusOr<CredentialsLookup> DockerConfig::Find(
    absl::string_view domain, Cancellation* cancel,
    absl::Duration helper_timeout) const {
  CredentialsLookup result;
  for (const Layer& layer : layers_) {
    ASSIGN_OR_RETURN(
        CredentialsLookup found,
        FindIn(layer, NormalizeDomain(domain), cancel, helper_timeout));
    if (found.credentials.has_value()) return found;
    if (result.warning.empty()) result.warning = std::move(found.warning);
  }
  return result;
}

absl::StatusOr<CredentialsLookup> DockerConfig::FindIn(
    const Layer& layer, const std::string& domain, Cancellation* cancel,
    absl::Duration timeout) {
  CredentialsLookup result;
  const auto entry =
      FindFor(layer.auths, domain, [](const Entry& item) { return item.key; });
  const auto helper = FindFor(layer.cred_helpers, domain,
                              [](const auto& item) { return item.first; });
  const std::string program =
      helper != layer.cred_helpers.end() ? helper->second : layer.creds_store;
  absl::Status helper_failed;
  if (!program.empty()) {
    absl::StatusOr<std::optional<Credentials>> got =
        AskCredentialHelper(program, AuthsKey(domain), cancel, timeout);
    if (got.ok() && got->has_value()) {
      result.credentials = **std::move(got);
      result.source = absl::StrCat("docker-credential-", program);
      return result;
    }
    if (absl::IsCancelled(got.status())) return got.status();
    helper_failed = got.status();
  }
  if (entry != layer.auths.end()) {
    absl::StatusOr<Credentials> read = ReadEntry(entry->value);
    if (!read.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(layer.name, ": `auths` entry `", entry->key,
                       "`: ", read.status().message()));
    }
    if (!IsEmpty(*read)) {
      result.credentials = *std::move(read);
      result.source = layer.name;
      return result;
    }
  }
  if (helper_failed.ok()) return result;
  const std::string why = absl::StrCat(
      helper_failed.message(), " (", layer.name, " names it in `",
      helper != layer.cred_helpers.end() ? "credHelpers" : "credsStore", "`)");
  // A login leaves an entry, so that without one a store most likely has
  // nothing either: a build that needs no password must not fail for it.
  if (helper != layer.cred_helpers.end() || entry != layer.auths.end()) {
    return absl::Status(helper_failed.code(),
                        absl::StrCat("credentials for ", domain, ": ", why));
  }
  result.warning = why;
  return result;
}

std::string AuthsKey(absl::string_view domain) {
  const std::string normal = NormalizeDomain(domain);
  return normal == "docker.io" ? "https://index.docker.io/v1/" : normal;
}

}  // namespace ovenbird::registry
