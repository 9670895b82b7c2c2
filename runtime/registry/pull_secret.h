// The Docker config.json that a build's container gets: made from the user's
// own credentials, or found in a Secret of the cluster.
#ifndef OVENBIRD_RUNTIME_REGISTRY_PULL_SECRET_H_
#define OVENBIRD_RUNTIME_REGISTRY_PULL_SECRET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::registry {

struct PullSecret {
  // The file's bytes; empty when there are no credentials for any registry, and
  // then no Secret must be made.
  std::string config_json;
  // Those that it has credentials for, sorted.
  std::vector<std::string> domains;
  // Credential stores that could not be asked, one sentence each.
  std::vector<std::string> warnings;
};

// For the registries of destinations, cache and base images ("docker.io",
// "gcr.io"); each may come several times. Same input, same bytes.
absl::StatusOr<PullSecret> MakePullSecret(
    const DockerConfig& config, const std::vector<std::string>& domains,
    Cancellation* cancel = nullptr);

// What can be said of a config.json that someone else wrote into a Secret.
struct ConfigJsonCheck {
  // kaniko can't read it, or fails at the first registry that it asks for.
  bool broken = false;
  // What was found and the next step; empty when it is fine. Holds no secrets.
  std::string text;
  // Those of the asked registries that it has nothing for, and those that it
  // has an entry for, sorted.
  std::vector<std::string> missing;
  std::vector<std::string> known;
};

// `domains`: the registries that the build needs; what has none of them is not
// broken, for not every registry wants a login. Recognises a config of a
// desktop machine (credsStore), quotes that came through from a shell or were
// lost in one, a Google service-account key, base64 done twice.
ConfigJsonCheck CheckConfigJson(absl::string_view content,
                                const std::vector<std::string>& domains);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_PULL_SECRET_H_
