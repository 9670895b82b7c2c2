// Which key of the user's `pullSecret` holds the Docker config. DevSpace 4.11
// takes `.dockerconfigjson` only; its own documentation writes `config.json`.
#ifndef OVENBIRD_RUNTIME_BUILD_PULL_SECRET_KEY_H_
#define OVENBIRD_RUNTIME_BUILD_PULL_SECRET_KEY_H_

#include <optional>
#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// Sets `key`, or says why the build can't use the Secret. Without the right to
// read it the default key is kept, with a warning.
std::optional<Failure> FindPullSecretKey(kube::Client& client,
                                         const std::string& name_space,
                                         const std::string& secret,
                                         Observer& observer,
                                         Cancellation& cancel,
                                         std::string& key);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_PULL_SECRET_KEY_H_
