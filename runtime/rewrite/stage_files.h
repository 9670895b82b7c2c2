// The files of a stage before one of its instructions, as far as they are known
// without building it.
#ifndef OVENBIRD_RUNTIME_REWRITE_STAGE_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_STAGE_FILES_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// What is at a path of a stage.
struct StageFile {
  enum Kind { kUnknown, kAbsent, kEntry };
  Kind kind = kUnknown;
  ImageFile entry;  // of kEntry

  bool Is(ImageFile::Type type) const {
    return kind == kEntry && entry.type == type;
  }
  // It is there and no folder: a symlink, or a file.
  bool IsNoFolder() const {
    return kind == kEntry && entry.type != ImageFile::kFolder;
  }
  // A folder of root with mode 0755.
  bool IsUsualFolder() const {
    return Is(ImageFile::kFolder) && entry.mode == 0755 && entry.user == 0 &&
           entry.group == 0;
  }
};

// The files of a stage before one of its instructions.
class StageFiles {
 public:
  // `site` must outlive it. Reads the base image's files.
  explicit StageFiles(const Site& site);

  // Returns what is at exactly this path (absolute and clean), symlinks not
  // followed. A RUN may make any file, so nothing is absent after one; it
  // leaves alone what was there and no command names.
  StageFile Lookup(absl::string_view path) const;
  // Returns the path that this one leads to when all symlinks of the base image
  // are followed, the last one, too; nullopt: not known.
  std::optional<std::string> Follow(absl::string_view path) const;
  // The same without following the last one.
  std::optional<std::string> FollowFolders(absl::string_view path) const;
  // Returns whether the base image has the file under another name, too.
  bool HasOtherName(absl::string_view path) const;

 private:
  StageFile After(size_t change, const StageFile& before,
                  absl::string_view path) const;
  StageFile AfterCopy(const StageChange& copy, const std::string& target,
                      StageFile before, absl::string_view path) const;
  // What a source of COPY brings to the path; kAbsent: nothing.
  StageFile Arrival(const StageChange& copy, absl::string_view source,
                    absl::string_view target, absl::string_view path) const;
  // The change's path with the base image's symlinks followed.
  const std::optional<std::string>& PathOf(size_t change) const;

  const context::Listing* const listing_;
  const StageState& before_;
  std::shared_ptr<const ImageFiles> files_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_STAGE_FILES_H_
