#include "runtime/rewrite/owner.h"

#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/rewrite/accounts.h"
#include "runtime/rewrite/root_user.h"

namespace ovenbird::rewrite {

namespace {

struct Numbers {
  uint32_t user = 0;
  uint32_t group = 0;
  // Kaniko takes other ones, or fails.
  bool differ = false;
};

// nullopt: not known.
std::optional<Numbers> Find(const Site& site, absl::string_view text) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  uint32_t number = 0;
  std::optional<Account> user;
  if (absl::SimpleAtoi(parts.first, &number)) {
    // The group of a number alone is the same number, in both.
    if (parts.second.empty()) return Numbers{number, number};
    user = Account{true, number, number};
  } else if (IsRootName(parts.first)) {
    user = Account{true, 0, 0};
  } else {
    user = FindUser(site, parts.first);
  }
  if (!user) return std::nullopt;
  // Without such a user BuildKit takes root, and kaniko fails.
  if (parts.second.empty()) {
    return Numbers{user->user, user->group,
                   !user->exists || user->user != user->group};
  }
  if (absl::SimpleAtoi(parts.second, &number)) {
    return Numbers{user->user, number, !user->exists};
  }
  const auto group = FindGroup(site, parts.second);
  if (!group) return std::nullopt;
  return Numbers{user->user, group->exists ? group->group : user->group,
                 !user->exists || !group->exists};
}

}  // namespace

std::optional<std::string> NumbersFor(const Site& site,
                                      absl::string_view text) {
  const std::optional<Numbers> numbers = Find(site, text);
  if (!numbers || !numbers->differ) return std::nullopt;
  return absl::StrCat(numbers->user, ":", numbers->group);
}

std::optional<std::string> NumbersOf(const Site& site, absl::string_view text) {
  const std::optional<Numbers> numbers = Find(site, text);
  if (!numbers) return std::nullopt;
  return absl::StrCat(numbers->user, ":", numbers->group);
}

std::string OwnerForChown(const Site& site, const std::string& owner) {
  if (const auto numbers = NumbersOf(site, owner)) return *numbers;
  return absl::StrContains(owner, ':') ? owner : absl::StrCat(owner, ":");
}

}  // namespace ovenbird::rewrite
