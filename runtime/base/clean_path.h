// Paths as strings: the file system is not consulted.
#ifndef OVENBIRD_RUNTIME_BASE_CLEAN_PATH_H_
#define OVENBIRD_RUNTIME_BASE_CLEAN_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

// Returns the shortest equivalent path, as Go's path.Clean does, which Docker
// and kaniko use: single slashes, no ".", ".." only at the start, no slash at
// the end. "." for an empty path; a leading slash stays.
std::string CleanPath(absl::string_view path);

// Returns the part after the last slash; all of a path without one.
absl::string_view BaseName(absl::string_view path);

// Returns the part before the last slash; "" if there is none.
absl::string_view FolderOf(absl::string_view path);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_CLEAN_PATH_H_
