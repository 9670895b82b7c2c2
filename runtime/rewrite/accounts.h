// Users and groups of a stage, by name.
#ifndef OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_
#define OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

struct Account {
  // The image has it.
  bool exists = false;
  uint32_t user = 0;
  uint32_t group = 0;
};

// Returns the user, with the primary group, or the group (`user` is 0) of that
// name in a passwd or group file.
Account UserIn(absl::string_view passwd, absl::string_view name);
Account GroupIn(absl::string_view groups, absl::string_view name);
// Returns the user of that number.
Account UserOfNumber(absl::string_view passwd, uint32_t number);

// The same for the image before an instruction; nullopt: not known, because
// the base image is not, or because an instruction of the stage may have made
// or changed it. May read the base image.
std::optional<Account> FindUser(const Site& site, absl::string_view name);
std::optional<Account> FindGroup(const Site& site, absl::string_view name);
std::optional<Account> FindUserOfNumber(const Site& site, uint32_t number);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_
