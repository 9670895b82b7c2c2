// All devspace.yaml files of a folder, for `validate FOLDER`.
#ifndef OVENBIRD_RUNTIME_CONFIG_FIND_BELOW_H_
#define OVENBIRD_RUNTIME_CONFIG_FIND_BELOW_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ovenbird::config {

// Returns the paths of all files named devspace.yaml in `folder` and below,
// each starting with `folder`, sorted. In a git repository the files that git
// ignores are left out; elsewhere, and without git, all folders but .git are
// searched. Symbolic links to folders are not followed. Errors: kNotFound and
// others if the folder cannot be read.
absl::StatusOr<std::vector<std::string>> FindConfigsBelow(
    const std::string& folder);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_FIND_BELOW_H_
