// The files of a build context, in the order in which they are sent: each
// folder before what is in it, names sorted by their bytes. Compact: 64 bytes
// and the name for an entry, so that a million files fit.
#ifndef OVENBIRD_RUNTIME_CONTEXT_LISTING_H_
#define OVENBIRD_RUNTIME_CONTEXT_LISTING_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

// The types of entries that are sent.
enum class EntryType : uint8_t { kFile, kFolder, kSymlink };

// One file, folder or symlink, as lstat(2) described it.
struct Entry {
  static constexpr uint32_t kTop = UINT32_MAX;

  uint32_t parent = kTop;  // index of its folder; kTop: the context itself
  uint32_t name_offset = 0;
  uint64_t size = 0;  // bytes of a file, or of a symlink's target
  int64_t mtime_s = 0;
  int64_t ctime_s = 0;
  uint32_t mtime_ns = 0;
  uint32_t ctime_ns = 0;
  uint64_t inode = 0;
  uint64_t device = 0;
  uint16_t mode = 0;  // 07777
  uint16_t name_size = 0;
  EntryType type = EntryType::kFile;
  bool many_links = false;  // a file with more names than this one
};

// A file that is neither regular nor a folder nor a symlink: it is not sent.
struct SpecialFile {
  // The kind of the file, by st_mode.
  enum Type : uint8_t { kPipe, kSocket, kDevice };
  Type type = kPipe;
  uint16_t mode = 0;  // 07777

  // Returns the type in words: "named pipe", "socket", "device".
  absl::string_view Shown() const;
};

// The entries of one folder tree, in order.
class Listing {
 public:
  // `root` is the context's folder.
  explicit Listing(std::string root) : root_(std::move(root)) {}

  // Appends an entry, in the order described at the top of this file, and
  // returns its index. A symlink has its target.
  uint32_t Add(Entry entry, absl::string_view name,
               absl::string_view link_target = "");
  // Removes the entries from index `size` on.
  void Truncate(size_t size);

  const std::string& root() const { return root_; }
  const std::vector<Entry>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  const Entry& operator[](size_t index) const { return entries_[index]; }

  // Returns the last element of the entry's path.
  absl::string_view Name(size_t index) const;
  // Returns the target of a symlink as it is on the disk; empty for other
  // entries.
  absl::string_view LinkTarget(size_t index) const;
  // Returns the path relative to the root: any bytes, no slash at the end.
  std::string Path(size_t index) const;

  // Returns the files that are not sent, by their paths. Select drops them.
  const std::map<std::string, SpecialFile>& special_files() const {
    return special_files_;
  }
  // Notes a file that is not sent.
  void AddSpecialFile(std::string path, SpecialFile file) {
    special_files_.emplace(std::move(path), file);
  }

  // Returns the entries that `keep` marks (one element each), with the folders
  // that contain them.
  Listing Select(const std::vector<bool>& keep) const;

 private:
  std::string root_;
  std::vector<Entry> entries_;
  std::map<std::string, SpecialFile> special_files_;
  std::string text_;  // names; a symlink's target follows its name
};

// Returns the paths of a listing in order without building each from its parts.
class PathCursor {
 public:
  // `listing` must outlive this and may grow.
  explicit PathCursor(const Listing& listing) : listing_(listing) {}
  // Returns the path of an entry; valid until the next call. Any order is
  // correct, the listing's is fast.
  absl::string_view At(size_t index);

 private:
  struct Level {
    uint32_t index;
    size_t size;  // of its path
  };
  const Listing& listing_;
  std::vector<Level> levels_;  // the folders that path_ starts with
  std::string path_;
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_LISTING_H_
