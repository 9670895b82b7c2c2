// The Dockerfiles of a folder, and what each builds.
#ifndef OVENBIRD_RUNTIME_INIT_DOCKERFILES_H_
#define OVENBIRD_RUNTIME_INIT_DOCKERFILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::init {

// A Dockerfile; its paths are relative to the folder that was searched.
struct FoundDockerfile {
  std::string path;
  std::string context = ".";
  std::vector<std::string> stages;  // those with a name, in order
};

// The result of a search.
struct FoundDockerfiles {
  std::vector<FoundDockerfile> files;  // sorted by path, those at the top first
  std::vector<std::string> left_out;   // "`a/Dockerfile`: line 3: ..."
};

// Returns whether a file of this name is a Dockerfile: `Dockerfile`,
// `Dockerfile.dev`, `web.dockerfile`, `Containerfile`; not a template or a
// backup of one.
bool IsDockerfileName(absl::string_view name);

// Returns whether the path is below a folder of other people's files
// (node_modules, vendor ...) or a hidden one.
bool IsForeign(absl::string_view path);

// Finds the Dockerfiles in `folder` and below, without those that git ignores
// and the foreign ones. A FileError if the folder cannot be read.
absl::StatusOr<FoundDockerfiles> FindDockerfiles(const std::string& folder);

}  // namespace ovenbird::init

#endif  // OVENBIRD_RUNTIME_INIT_DOCKERFILES_H_
