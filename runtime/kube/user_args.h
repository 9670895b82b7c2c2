// The flags that a user passes to the executor (`args` in the config).
#ifndef OVENBIRD_RUNTIME_KUBE_USER_ARGS_H_
#define OVENBIRD_RUNTIME_KUBE_USER_ARGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/config/config.h"

namespace ovenbird::kube {

// Returns whether a boolean flag is set: "--no-push", "--no-push=true".
// `flag`: without dashes.
bool HasUserFlag(const config::Kaniko& kaniko, absl::string_view flag);

// Returns the values of a flag, as in "--registry-mirror=VALUE", in order.
std::vector<std::string> UserFlagValues(const config::Kaniko& kaniko,
                                        absl::string_view flag);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_USER_ARGS_H_
