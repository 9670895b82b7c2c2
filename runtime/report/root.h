// Where paths in reports for programs start: code hosts want them relative to
// the top of the repository, wherever the command ran.
#ifndef OVENBIRD_RUNTIME_REPORT_ROOT_H_
#define OVENBIRD_RUNTIME_REPORT_ROOT_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::report {

// The top of a repository, and the folder that relative names start from. Both
// are absolute; an empty `top` leaves all names as they are.
struct Root {
  std::string top;
  std::string current;
};

// Returns the root for a command in the folder `current`: $GITHUB_WORKSPACE or
// $CI_PROJECT_DIR if `current` is in it, else the nearest folder with `.git`,
// else `current` itself. `environment` returns the value of a variable.
Root FindRoot(
    const std::string& current,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment);

// Returns the name of a file relative to the top; a file elsewhere keeps its
// name.
std::string FromTop(absl::string_view name, const Root& root);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_ROOT_H_
