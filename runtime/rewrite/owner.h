// Owners by name, written as the numbers that BuildKit finds for them.
#ifndef OVENBIRD_RUNTIME_REWRITE_OWNER_H_
#define OVENBIRD_RUNTIME_REWRITE_OWNER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the text of `--chown`, of `chown` or of USER certainly means
// root and its group. Empty counts as root's.
bool IsRoot(absl::string_view owner);

// Returns `USER:GROUP` in numbers for the text of `--chown` or of USER, where
// kaniko takes other ones or none; nullopt: kaniko takes the same ones, or they
// are not known.
std::optional<std::string> NumbersFor(const Site& site, absl::string_view text);

// The same, also where kaniko takes the same ones; nullopt: not known.
std::optional<std::string> NumbersOf(const Site& site, absl::string_view text);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OWNER_H_
