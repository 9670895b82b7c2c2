// What is known of an image that a stage starts from.
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

struct BaseImage {
  // "NAME=VALUE", in order.
  std::vector<std::pair<std::string, std::string>> env;
  std::string user;
  std::string working_dir;
  std::vector<std::string> shell;
  std::vector<std::string> onbuild;
  // Null: not read.
  std::shared_ptr<const ImageFiles> files;
};

// Returns what is known of an image, null: nothing. With `files` its files are
// wanted, too.
using FindBaseImage = std::function<std::shared_ptr<const BaseImage>(
    absl::string_view image, bool files)>;

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_BASE_IMAGE_H_
