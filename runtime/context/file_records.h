// What a context's files were like: kept in a file between runs, so that
// unchanged files need not be read again and a rebuild can say what changed.
#ifndef OVENBIRD_RUNTIME_CONTEXT_FILE_RECORDS_H_
#define OVENBIRD_RUNTIME_CONTEXT_FILE_RECORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/base/sha256.h"
#include "runtime/context/listing.h"

namespace ovenbird::context {

struct FileRecord {
  uint64_t size = 0;
  uint64_t inode = 0;
  int64_t mtime_s = 0;
  int64_t ctime_s = 0;
  uint32_t mtime_ns = 0;
  uint32_t ctime_ns = 0;
  uint16_t mode = 0;  // 07777; 0 for a symlink
  EntryType type = EntryType::kFile;
  // The times are far enough from the moment of reading that a later change
  // must show in them. False: the content has to be read again.
  bool settled = false;
  uint8_t unused[4] = {};  // Records are written as they are in memory.
  // Of a file's content or a symlink's target.
  Sha256Digest digest = {};

  // The file is still the one that was read.
  bool Fits(const Entry& entry) const {
    return settled && type == entry.type && size == entry.size &&
           inode == entry.inode && mtime_s == entry.mtime_s &&
           mtime_ns == entry.mtime_ns && ctime_s == entry.ctime_s &&
           ctime_ns == entry.ctime_ns;
  }
};

static_assert(sizeof(FileRecord) == 80);

// Order of a listing: a folder's content comes right behind it.
// Negative, 0 or positive.
int ComparePaths(absl::string_view a, absl::string_view b);

// Records in that order. Paths are kept as what differs from the one before.
class FileRecords {
 public:
  // None when there is no such file, or it is of another version or damaged:
  // then all files are read again.
  static FileRecords Load(const std::string& path);
  absl::Status Save(const std::string& path) const;
  // Whether the file was written by Save.
  static bool IsFileOf(const std::string& path);

  // Must come in order.
  void Add(absl::string_view path, const FileRecord& record);
  size_t size() const { return records_.size(); }

  // Goes through them once.
  class Reader {
   public:
    explicit Reader(const FileRecords& records);
    bool done() const { return index_ == records_.records_.size(); }
    const std::string& path() const { return path_; }
    const FileRecord& record() const { return records_.records_[index_]; }
    void Next();
    // The record of that path, or null. Paths must come in order.
    const FileRecord* Find(absl::string_view path);

   private:
    void ReadPath();

    const FileRecords& records_;
    size_t index_ = 0;
    std::string path_;
  };

 private:
  struct Name {
    uint32_t offset;  // of what is new in it, in text_
    uint16_t shared;  // bytes that it has from the path before
    uint16_t size;
  };

  std::vector<FileRecord> records_;
  std::vector<Name> names_;
  std::string text_;
  std::string last_;
};

// What makes two contexts different, for "why is this built again".
struct FileChange {
  enum Kind { kAdded, kRemoved, kContent, kMode, kType } kind;
  std::string path;
};
std::vector<FileChange> CompareRecords(const FileRecords& before,
                                       const FileRecords& after);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_FILE_RECORDS_H_
