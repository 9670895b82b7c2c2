// The files of an image.
#ifndef OVENBIRD_RUNTIME_REGISTRY_IMAGE_FILES_H_
#define OVENBIRD_RUNTIME_REGISTRY_IMAGE_FILES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// A file of an image, as the topmost layer that has it describes it.
struct ImageFile {
  // The kind of file; kOther is a device, a named pipe or a socket.
  enum Type { kFile, kFolder, kSymlink, kOther };
  Type type = kFile;
  uint16_t mode = 0;  // 07777
  uint32_t user = 0;
  uint32_t group = 0;
  uint64_t size = 0;
  std::string link;       // a symlink's target
  std::string hard_link;  // the path of the file that has another name here
  bool has_capability = false;
};

// A folder of an upper layer in place of another type of file.
struct RetypedFolder {
  // What the lower layers have at `path`; a symlink to a file counts as kFile.
  enum Below { kFile, kLinkToFolder, kLinkToNothing };
  std::string path;
  Below below = kFile;
};

// Returns the path that `path` leads to. Follows symlinks inside the image, and
// the last part only with `follow_last`. `find` returns the file at a path, or
// null if it does not exist. Missing parts stay as they are.
// nullopt: more than 40 symlinks, as in the kernel.
std::optional<std::string> ResolvePath(
    absl::string_view path, bool follow_last,
    absl::FunctionRef<const ImageFile*(absl::string_view)> find);

// The file system of an image. Paths are absolute and clean; the root itself
// has no entry.
class ImageFiles {
 public:
  // Returns the entry of exactly this path without following symlinks; null if
  // the image has no such file.
  const ImageFile* Find(absl::string_view path) const;
  // Returns the path that `path` leads to, as ResolvePath() does.
  std::optional<std::string> Resolve(absl::string_view path,
                                     bool follow_last) const;

  std::map<std::string, ImageFile, std::less<>> entries;
  // Contents of /etc/passwd and /etc/group; empty: the file is missing.
  std::string passwd;
  std::string groups;
  // The topmost paths that opaque folders of upper layers hide and that no
  // upper layer adds again.
  std::vector<std::string> hidden;
  // The paths that whiteouts of upper layers delete and that no upper layer
  // adds again.
  std::vector<std::string> deleted;
  // Folders of upper layers in place of files or symlinks of lower ones.
  std::vector<RetypedFolder> retyped;
};

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_IMAGE_FILES_H_
