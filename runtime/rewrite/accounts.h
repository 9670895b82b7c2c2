// Users and groups of a stage, by name.
#ifndef OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_
#define OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A user or a group, as an image's /etc/passwd or /etc/group lists it.
struct Account {
  // False: the file has no such entry, and both numbers are 0.
  bool exists = false;
  uint32_t user = 0;
  uint32_t group = 0;
};

// Returns the user of that name with the primary group, from the content of a
// passwd file.
Account UserIn(absl::string_view passwd, absl::string_view name);
// Returns the group of that name, from the content of a group file; `user` is
// 0.
Account GroupIn(absl::string_view groups, absl::string_view name);
// Returns the user of that number, from the content of a passwd file.
Account UserOfNumber(absl::string_view passwd, uint32_t number);

// Returns the user or the group as the image has it before an instruction.
// nullopt: unknown, because the base image is unknown or an instruction of the
// stage may have created or changed it. May read the base image.
std::optional<Account> FindUser(const Site& site, absl::string_view name);
std::optional<Account> FindGroup(const Site& site, absl::string_view name);
std::optional<Account> FindUserOfNumber(const Site& site, uint32_t number);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_
