// The files /etc/passwd and /etc/group of an image.
#ifndef OVENBIRD_RUNTIME_REWRITE_PASSWD_H_
#define OVENBIRD_RUNTIME_REWRITE_PASSWD_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

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
// Returns the name of the group of that number, from the content of a group
// file; "": it has none.
std::string GroupNameIn(absl::string_view groups, uint32_t number);
// Returns the user of that number, from the content of a passwd file.
Account UserOfNumber(absl::string_view passwd, uint32_t number);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_PASSWD_H_
