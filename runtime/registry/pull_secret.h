// The Docker config.json for a build's container: made from the user's own
// credentials, or found in a Secret of the cluster.
#ifndef OVENBIRD_RUNTIME_REGISTRY_PULL_SECRET_H_
#define OVENBIRD_RUNTIME_REGISTRY_PULL_SECRET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::registry {

// A config.json with the credentials for some registries.
struct PullSecret {
  // The file's bytes; empty if there are no credentials for any of the
  // registries: then no Secret must be created.
  std::string config_json;
  // The registries that it has credentials for, sorted.
  std::vector<std::string> domains;
  // Failures of credential stores, one sentence each.
  std::vector<std::string> warnings;
};

// Collects the credentials for the registries of destinations, cache and base
// images ("docker.io", "gcr.io"); duplicates are allowed. The same input gives
// the same bytes. Returns the errors of DockerConfig::Find.
absl::StatusOr<PullSecret> MakePullSecret(
    const DockerConfig& config, const std::vector<std::string>& domains,
    Cancellation* cancel = nullptr);

// The result of a check of a config.json in a Secret of the cluster.
struct ConfigJsonCheck {
  // kaniko cannot read the file, or fails at the first registry that it asks.
  bool broken = false;
  // The problem and the next step, or a remark if the file is not broken;
  // empty: none. Contains no secrets.
  std::string text;
  // The registries of the build without an entry in the file.
  std::vector<std::string> missing;
  // All registries with an entry in the file, sorted. Both are empty if the
  // file names a `credsStore`, which may have any registry.
  std::vector<std::string> known;
  // The credential store of a desktop that breaks the file; empty: none.
  std::string helper;
};

// Checks a config.json for a build that needs the registries `domains`; a
// missing entry does not make the file broken, because not every registry
// requires a login. Recognizes the config of a desktop machine (credsStore),
// quotes that a shell kept or removed, a Google service account key, and base64
// applied twice.
ConfigJsonCheck CheckConfigJson(absl::string_view content,
                                const std::vector<std::string>& domains);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_PULL_SECRET_H_
