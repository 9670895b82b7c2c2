// Which key of the user's `pullSecret` holds the Docker config. DevSpace 4.11
// takes `.dockerconfigjson` only; its own documentation writes `config.json`.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_PULL_SECRET_KEY_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_PULL_SECRET_KEY_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"
#include "runtime/yaml/node.h"

namespace ovenbird::build {

// A Secret, and the registries that the build needs.
struct PullSecretRequest {
  std::string name_space;
  std::string name;
  // The registries that the build pushes to, and those that it only pulls from.
  // A missing entry is a warning for the first, and a step for the others,
  // since most base images are public.
  std::vector<std::string> pushed;
  std::vector<std::string> pulled;
  // The value of `pullSecret` and its path in the config; null: it is not from
  // a file.
  const yaml::Node* option = nullptr;
  std::string config_path;
};

// Sets `key`, or returns why the build cannot use the Secret, with a diagnostic
// at the option. Without the right to read the Secret, keeps `key` and warns.
std::optional<Failure> FindPullSecretKey(kube::Client& client,
                                         const PullSecretRequest& request,
                                         Observer& observer,
                                         Cancellation& cancel,
                                         std::string& key);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_PULL_SECRET_KEY_H_
