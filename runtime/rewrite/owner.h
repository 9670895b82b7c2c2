// Owners by name, written as the numbers that BuildKit finds for them.
#ifndef OVENBIRD_RUNTIME_REWRITE_OWNER_H_
#define OVENBIRD_RUNTIME_REWRITE_OWNER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns `USER:GROUP` in numbers for the value of `--chown` or of USER where
// kaniko uses other numbers or fails; nullopt: kaniko uses the same ones, or
// they are unknown.
std::optional<std::string> NumbersFor(const Site& site, absl::string_view text);

// Returns `USER:GROUP` in numbers, also where kaniko uses the same ones;
// nullopt: unknown.
std::optional<std::string> NumbersOf(const Site& site, absl::string_view text);

// Returns the value of `--chown` for the command `chown`: in numbers if these
// are known, else by name, with the group of its login if it has no group.
std::string OwnerForChown(const Site& site, const std::string& owner);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OWNER_H_
