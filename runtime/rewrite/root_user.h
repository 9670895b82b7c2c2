// The names of root.
#ifndef OVENBIRD_RUNTIME_REWRITE_ROOT_USER_H_
#define OVENBIRD_RUNTIME_REWRITE_ROOT_USER_H_

#include "absl/strings/string_view.h"

namespace ovenbird::rewrite {

// Returns whether the name or number of one user, or of one group, is root's.
// An empty one is: without USER a build runs as root.
bool IsRootName(absl::string_view name);

// Returns whether the value of `--chown`, of `chown` or of USER certainly means
// root and root's group. An empty part counts as root.
bool IsRoot(absl::string_view owner);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ROOT_USER_H_
