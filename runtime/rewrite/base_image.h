// What is known about an image that a stage starts from.
#ifndef OVENBIRD_RUNTIME_REWRITE_BASE_IMAGE_H_
#define OVENBIRD_RUNTIME_REWRITE_BASE_IMAGE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/registry/image_files.h"

namespace ovenbird::rewrite {

// The rules speak of them all the time.
using registry::ImageFile;
using registry::ImageFiles;
using registry::RetypedFolder;

// The part of an image's config, and optionally its files, that rules need.
struct BaseImage {
  // Of its manifest: "sha256:...". `is_of_index`: the image's name means an
  // index, and this is its image for one platform.
  std::string digest{};
  bool is_of_index = false;
  std::string architecture{};
  std::string variant{};  // of its architecture: "v7"
  // Name and value, in order.
  std::vector<std::pair<std::string, std::string>> env;
  std::string user;
  std::string working_dir;
  std::vector<std::string> shell;
  std::vector<std::string> onbuild;
  // Null: unknown, or not asked for.
  std::shared_ptr<const ImageFiles> files;
};

// Returns what is known about an image, or null if nothing is. `files` asks for
// its files, too.
using FindBaseImage = std::function<std::shared_ptr<const BaseImage>(
    absl::string_view image, bool files)>;

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_BASE_IMAGE_H_
