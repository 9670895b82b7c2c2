// The flags that a user passes to the executor (`args` in the config).
#ifndef OVENBIRD_RUNTIME_KUBE_USER_ARGS_H_
#define OVENBIRD_RUNTIME_KUBE_USER_ARGS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/config/config.h"

namespace ovenbird::kube {

// One flag with its value, as kaniko reads `args`: "--flag=value", "--flag"
// "value", "-f" "value".
struct UserArg {
  absl::string_view flag;   // its long name, without dashes
  absl::string_view value;  // of the config; "true" for a boolean flag alone
  // The words of `args` that it takes.
  size_t begin = 0;
  size_t end = 0;
};

// Returns the flags in order, without those that no kaniko has and those that
// lack their value.
std::vector<UserArg> UserArgs(const config::Kaniko& kaniko);

// Returns the value of a boolean flag; nullopt if it is not given. The last one
// wins. `flag`: without dashes.
std::optional<bool> UserFlag(const config::Kaniko& kaniko,
                             absl::string_view flag);
// Returns whether a boolean flag is set: "--no-push", "--no-push=true".
bool HasUserFlag(const config::Kaniko& kaniko, absl::string_view flag);

// Returns the values of a flag in order.
std::vector<std::string> UserFlagValues(const config::Kaniko& kaniko,
                                        absl::string_view flag);
// Returns the value of the last of these flags, as of "snapshot-mode" and
// "snapshotMode"; nullopt if none is given.
std::optional<std::string> LastUserFlagValue(
    const config::Kaniko& kaniko, const std::vector<absl::string_view>& flags);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_USER_ARGS_H_
