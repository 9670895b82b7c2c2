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

namespace ovenbird::build {

struct PullSecretRequest {
  std::string name_space;
  std::string name;
  // The registries that the build pushes to, and those that it only pulls from.
  // What the Secret has nothing for is told: the first with a warning, the
  // others in passing, for most base images are public.
  std::vector<std::string> pushed;
  std::vector<std::string> pulled;
};

// Sets `key`, or says why the build can't use the Secret. Without the right to
// read it the default key is kept, with a warning.
std::optional<Failure> FindPullSecretKey(kube::Client& client,
                                         const PullSecretRequest& request,
                                         Observer& observer,
                                         Cancellation& cancel,
                                         std::string& key);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_PULL_SECRET_KEY_H_
