// The files of a stage before one of its instructions, as far as they are known
// without building it.
#ifndef OVENBIRD_RUNTIME_REWRITE_STAGE_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_STAGE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// The file at a path of a stage.
struct StageFile {
  // Whether the path exists (kEntry), does not (kAbsent), or neither is known.
  enum Kind { kUnknown, kAbsent, kEntry };
  Kind kind = kUnknown;
  ImageFile entry;  // of kEntry
  // Nothing is there unless a RUN made it, though none names it.
  bool only_from_run = false;

  // Returns whether the path exists and is of that type.
  bool Is(ImageFile::Type type) const {
    return kind == kEntry && entry.type == type;
  }
  // Returns whether the path exists and is not a folder, but e.g. a symlink.
  bool IsNoFolder() const {
    return kind == kEntry && entry.type != ImageFile::kFolder;
  }
  // Returns whether the path is a folder of root with mode 0755.
  bool IsUsualFolder() const {
    return Is(ImageFile::kFolder) && entry.mode == 0755 && entry.user == 0 &&
           entry.group == 0;
  }
};

// The files of a stage before one of its instructions.
class StageFiles {
 public:
  // Reads the base image's files. `site` must outlive it.
  explicit StageFiles(const Site& site);

  // Returns the file at exactly this path (absolute and clean) without
  // following symlinks. A RUN may create any file, so nothing is absent after
  // one; it keeps the files that existed before and that no command names, and
  // is taken to make the folders and symlinks that it names.
  StageFile Lookup(absl::string_view path) const;
  // Returns the path that this one leads to when all symlinks of the base
  // image, and those that a RUN is seen to make, are followed, also the last
  // one; nullopt: unknown.
  std::optional<std::string> Follow(absl::string_view path) const;
  // Returns the path that this one leads to when all symlinks but the last part
  // are followed; nullopt: unknown.
  std::optional<std::string> FollowFolders(absl::string_view path) const;
  // Returns whether a COPY or ADD may have put another file at the path
  // (absolute and clean).
  bool MayBeCopied(absl::string_view path) const;
  // Returns the file that the base image has at exactly this path; null: none,
  // or it is unknown. Owned by the image.
  const ImageFile* OfBase(absl::string_view path) const {
    return files_ == nullptr ? nullptr : files_->Find(path);
  }
  // Returns whether the files of the base image are known.
  bool has_base() const { return files_ != nullptr; }
  // Returns whether the base image has nothing below the folder.
  bool IsEmptyInBase(const std::string& folder) const {
    if (files_ == nullptr) return false;
    const auto next = files_->entries.upper_bound(folder + "/");
    return next == files_->entries.end() ||
           !absl::StartsWith(next->first, folder + "/");
  }
  // Returns the symlinks at or below the path (absolute and clean) of the base
  // image, and those that RUN lines are seen to make, each with its target as
  // it is written. They may be gone again.
  std::vector<std::pair<std::string, std::string>> LinksBelow(
      const std::string& path) const;
  // Returns whether the file has another name in the base image (a hard link).
  bool HasOtherName(absl::string_view path) const;

 private:
  // Returns the file at `path` after a change, which was `before` before it.
  StageFile After(size_t change, const StageFile& before,
                  absl::string_view path) const;
  StageFile AfterWorkdir(const StageChange& workdir,
                         const std::optional<std::string>& target,
                         const StageFile& before, absl::string_view path) const;
  StageFile AfterCopy(const StageChange& copy, const std::string& target,
                      StageFile before, absl::string_view path) const;
  // Returns a folder that COPY makes, or makes over, with the mode of its
  // source.
  StageFile MadeFolder(const StageChange& copy, uint16_t mode) const;
  // Returns what a source of COPY puts at the path; kAbsent: nothing.
  StageFile Arrival(const StageChange& copy, absl::string_view source,
                    absl::string_view target, absl::string_view path) const;
  // Returns the change's path with the base image's symlinks followed.
  const std::optional<std::string>& PathOf(size_t change) const;
  // Returns the symlink that a RUN has made there, before the change with index
  // `end`; null: none is known.
  const ImageFile* MadeLink(absl::string_view path, size_t end) const;
  std::optional<std::string> FollowBefore(size_t end, absl::string_view path,
                                          bool follow_last) const;

  const context::Listing* const listing_;
  const StageState& before_;
  std::string base_user_;
  // A RUN has made a symlink.
  bool has_made_links_ = false;
  std::shared_ptr<const ImageFiles> files_;
  // The files of the base image that other names refer to; read when needed.
  mutable std::optional<std::set<std::string, std::less<>>> linked_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_STAGE_FILES_H_
