// Users and groups of a stage, by name.
#ifndef OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_
#define OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/passwd.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the name that the base image has for the primary group of the user;
// nullopt: it has none, it is unknown, or a COPY may have replaced the names.
// May read the base image.
std::optional<std::string> GroupNameOfUser(const Site& site,
                                           absl::string_view name);

// Returns the user or the group as the image has it before an instruction.
// nullopt: unknown, because the base image is unknown or an instruction of the
// stage may have created or changed it. May read the base image.
std::optional<Account> FindUser(const Site& site, absl::string_view name);
std::optional<Account> FindGroup(const Site& site, absl::string_view name);
std::optional<Account> FindUserOfNumber(const Site& site, uint32_t number);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ACCOUNTS_H_
