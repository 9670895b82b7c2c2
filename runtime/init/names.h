// Keys and names of images, made from the names of files and folders.
#ifndef OVENBIRD_RUNTIME_INIT_NAMES_H_
#define OVENBIRD_RUNTIME_INIT_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::init {

// Returns `text` as one element of an image's name: lower case letters, digits
// and single separators. Returns "app" if nothing is left of it.
std::string PlainName(absl::string_view text);

// Returns a repository in which each element is a PlainName; a port of the
// first one stays: "Registry.Example.com:5000/My Team" ->
// "registry.example.com:5000/my-team".
std::string PlainRepository(absl::string_view text);

// Returns whether folders of this name only group files, such as `docker`: an
// image is not called so.
bool IsGroup(absl::string_view folder);

// Returns keys for the Dockerfiles at these paths, all different:
// "api/Dockerfile" -> "api", "api/Dockerfile.dev" -> "api-dev",
// "docker/web.dockerfile" -> "web". The one at the top is called `project`.
std::vector<std::string> KeysOf(const std::vector<std::string>& dockerfiles,
                                absl::string_view project);

}  // namespace ovenbird::init

#endif  // OVENBIRD_RUNTIME_INIT_NAMES_H_
