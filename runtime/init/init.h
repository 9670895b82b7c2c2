// A first devspace.yaml for the Dockerfiles of a folder.
#ifndef OVENBIRD_RUNTIME_INIT_INIT_H_
#define OVENBIRD_RUNTIME_INIT_INIT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ovenbird::init {

// Where the names of the images come from.
enum class NameSource { kFlag, kRemote, kPlaceholder };

// A config that was made, and what the user should know.
struct Initialized {
  std::string yaml;
  size_t images = 0;
  NameSource names = NameSource::kPlaceholder;
  std::string registry;               // that the names start with
  std::vector<std::string> left_out;  // Dockerfiles, each with the reason
};

// Makes a config for the Dockerfiles in `folder` and below. `registry` is what
// the names of the images start with, such as "registry.example.com/team";
// empty: it follows from the git remote, or is a placeholder. kNotFound: there
// is no Dockerfile; a FileError if the folder cannot be read.
absl::StatusOr<Initialized> MakeConfig(const std::string& folder,
                                       const std::string& registry);

}  // namespace ovenbird::init

#endif  // OVENBIRD_RUNTIME_INIT_INIT_H_
