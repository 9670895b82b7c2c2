// Paths as texts: nothing is looked up.
#ifndef OVENBIRD_RUNTIME_BASE_CLEAN_PATH_H_
#define OVENBIRD_RUNTIME_BASE_CLEAN_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

// The shortest equivalent path: single slashes, no ".", ".." only at the start,
// no slash at the end; "." for nothing. A leading slash stays. As Go's
// path.Clean, which Docker and kaniko use.
std::string CleanPath(absl::string_view path);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_CLEAN_PATH_H_
