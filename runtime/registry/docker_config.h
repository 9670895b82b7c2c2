// Credentials for registries where `docker login` stores them: the `auths`,
// `credsStore` and `credHelpers` of Docker's config.json.
#ifndef OVENBIRD_RUNTIME_REGISTRY_DOCKER_CONFIG_H_
#define OVENBIRD_RUNTIME_REGISTRY_DOCKER_CONFIG_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/registry/credentials.h"

namespace ovenbird::registry {

// The credentials that a config has for one registry, if any.
struct CredentialsLookup {
  std::optional<Credentials> credentials;
  // Where the credentials come from: a file's path, "docker-credential-pass".
  std::string source;
  // Not empty: the credential store failed, but nothing says that it has
  // credentials for this registry.
  std::string warning;
};

// The credentials of a user for all registries.
class DockerConfig {
 public:
  // A config without credentials.
  DockerConfig() = default;

  // Reads $DOCKER_CONFIG/config.json, or else ~/.docker/config.json. The
  // `auths` of the JSON in $DOCKER_AUTH_CONFIG come before it, as in docker. A
  // missing file is an empty config; kInvalidArgument: malformed JSON.
  static absl::StatusOr<DockerConfig> Load();
  // Reads one file, as Load() does.
  static absl::StatusOr<DockerConfig> LoadFile(const std::string& path);
  // Parses the content of a file. `name` is its name in messages.
  static absl::StatusOr<DockerConfig> Parse(absl::string_view text,
                                            std::string name);

  // Returns the credentials for the registry `domain` ("docker.io",
  // "127.0.0.1:5000"; all names of Docker Hub are equal). Runs a credential
  // helper where the config names one, for at most `helper_timeout`. Errors
  // name the file and the entry, or the helper.
  absl::StatusOr<CredentialsLookup> Find(
      absl::string_view domain, Cancellation* cancel = nullptr,
      absl::Duration helper_timeout = absl::Seconds(30)) const;

 private:
  struct Entry {
    std::string key;  // as written
    json::Value value;
  };
  struct Layer {
    std::string name;
    std::vector<Entry> auths;
    std::vector<std::pair<std::string, std::string>> cred_helpers;
    std::string creds_store;
  };
  static absl::StatusOr<Layer> ParseLayer(absl::string_view text,
                                          std::string name);
  static absl::StatusOr<CredentialsLookup> FindIn(const Layer& layer,
                                                  const std::string& domain,
                                                  Cancellation* cancel,
                                                  absl::Duration timeout);

  // In order of precedence.
  std::vector<Layer> layers_;  // the first that has something wins
};

// Returns the key of a registry in `auths`: "https://index.docker.io/v1/" for
// Docker Hub, else the domain.
std::string AuthsKey(absl::string_view domain);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_DOCKER_CONFIG_H_
