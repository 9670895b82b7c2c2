// The files of an image.
#ifndef OVENBIRD_RUNTIME_REGISTRY_IMAGE_FILES_H_
#define OVENBIRD_RUNTIME_REGISTRY_IMAGE_FILES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// A file of an image: what its layer says of it.
struct ImageFile {
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

// A folder of an upper layer that takes the place of something else.
struct RetypedFolder {
  enum Below { kFile, kLinkToFolder, kLinkToNothing };
  std::string path;
  // What the layers below have there; a symlink to a file is a file.
  Below below = kFile;
};

// The file system of an image. Paths are absolute and clean; the root itself
// has no entry.
class ImageFiles {
 public:
  // Returns the entry of exactly this path, symlinks not followed; null: there
  // is none.
  const ImageFile* Find(absl::string_view path) const;
  // Returns the path that this one leads to when the symlinks on the way, and
  // with `follow_last` the last one, are followed inside the image. Parts that
  // are missing stay as they are. nullopt: a loop.
  std::optional<std::string> Resolve(absl::string_view path,
                                     bool follow_last) const;

  std::map<std::string, ImageFile, std::less<>> entries;
  // Text of /etc/passwd and /etc/group; empty: missing.
  std::string passwd;
  std::string groups;
  // What opaque folders of upper layers hide and no upper layer has again: the
  // topmost paths.
  std::vector<std::string> hidden;
  // What whiteouts of upper layers delete and no upper layer has again.
  std::vector<std::string> deleted;
  // Folders of upper layers where lower ones have something else.
  std::vector<RetypedFolder> retyped;
};

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_IMAGE_FILES_H_
