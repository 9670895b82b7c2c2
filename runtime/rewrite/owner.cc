#include "runtime/rewrite/owner.h"

#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/rewrite/accounts.h"

namespace ovenbird::rewrite {

std::optional<std::string> NumbersFor(const Site& site,
                                      absl::string_view text) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  uint32_t number = 0;
  std::optional<Account> user;
  if (absl::SimpleAtoi(parts.first, &number)) {
    // The group of a number alone is the same number, in both.
    if (parts.second.empty()) return std::nullopt;
    user = Account{true, number, number};
  } else if (parts.first == "root" || parts.first.empty()) {
    user = Account{true, 0, 0};
  } else {
    user = FindUser(site, parts.first);
  }
  if (!user) return std::nullopt;
  if (parts.second.empty()) {
    // Without such a user BuildKit takes root, and kaniko fails.
    if (user->exists && user->user == user->group) return std::nullopt;
    return absl::StrCat(user->user, ":", user->group);
  }
  if (absl::SimpleAtoi(parts.second, &number)) {
    if (user->exists) return std::nullopt;
    return absl::StrCat(user->user, ":", number);
  }
  const auto group = FindGroup(site, parts.second);
  if (!group || (user->exists && group->exists)) return std::nullopt;
  return absl::StrCat(user->user, ":",
                      group->exists ? group->group : user->group);
}

}  // namespace ovenbird::rewrite
