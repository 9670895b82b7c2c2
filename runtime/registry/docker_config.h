// Credentials for registries, from where `docker login` leaves them: the
// `auths`, `credsStore` and `credHelpers` of Docker's config.json.
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

struct CredentialsLookup {
  std::optional<Credentials> credentials;
  // Where they are from: a file's path, "docker-credential-pass".
  std::string source;
  // Not empty: the credential store could not be asked, though nothing says
  // that it has something for this registry.
  std::string warning;
};

class DockerConfig {
 public:
  // An empty one: no credentials.
  DockerConfig() = default;

  // $DOCKER_CONFIG/config.json, else ~/.docker/config.json; before it, as
  // docker does, the `auths` of the JSON in $DOCKER_AUTH_CONFIG. A file that is
  // not there is an empty one. kInvalidArgument: not such a file.
  static absl::StatusOr<DockerConfig> Load();
  static absl::StatusOr<DockerConfig> LoadFile(const std::string& path);
  // `name` stands for the text in messages.
  static absl::StatusOr<DockerConfig> Parse(absl::string_view text,
                                            std::string name);

  // For the registry `domain` ("docker.io", "127.0.0.1:5000"; all of Docker
  // Hub's names are one). Runs a credential helper where the config says so,
  // for `helper_timeout` at most. Errors name file and entry, or the helper.
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

  std::vector<Layer> layers_;  // the first that has something wins
};

// The key of a registry in `auths`: "https://index.docker.io/v1/" for Docker
// Hub, else the domain.
std::string AuthsKey(absl::string_view domain);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_DOCKER_CONFIG_H_
