// The files of a folder that are the project's own: all devspace.yaml files for
// `validate FOLDER`, all Dockerfiles for `init`.
#ifndef OVENBIRD_RUNTIME_CONFIG_FIND_BELOW_H_
#define OVENBIRD_RUNTIME_CONFIG_FIND_BELOW_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ovenbird::config {

// Which files to find.
struct FileQuery {
  // What git is asked for: pathspecs that have at least these files.
  std::vector<std::string> pathspecs;
  // Returns whether a file is one of them, by its name without folders.
  std::function<bool(const std::string& name)> accepts;
};

// Returns the paths of these files in `folder` and below, each starting with
// `folder`, sorted. In a git repository the files that git ignores are left
// out; elsewhere, and without git, all folders but .git are searched. Symbolic
// links to folders are not followed. Errors: kNotFound and others if the folder
// cannot be read.
absl::StatusOr<std::vector<std::string>> FindFilesBelow(
    const std::string& folder, const FileQuery& query);

// Returns the same of all files named devspace.yaml.
absl::StatusOr<std::vector<std::string>> FindConfigsBelow(
    const std::string& folder);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_FIND_BELOW_H_
