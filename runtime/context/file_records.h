// Records of a context's files, kept in a file between runs, so that unchanged
// files need not be read again and a rebuild can say what changed.
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

// One entry of a context as it was when it was read.
struct FileRecord {
  uint64_t size = 0;
  uint64_t inode = 0;
  int64_t mtime_s = 0;
  int64_t ctime_s = 0;
  uint32_t mtime_ns = 0;
  uint32_t ctime_ns = 0;
  uint16_t mode = 0;  // 07777; 0 for a symlink
  EntryType type = EntryType::kFile;
  // The times are so far before the moment of reading that a later change must
  // show in them. False: the content has to be read again.
  bool settled = false;
  uint8_t unused[4] = {};  // Records are written as they are in memory.
  // The SHA-256 of a file's content or a symlink's target; zeros for a folder.
  Sha256Digest digest = {};

  // Returns whether the file is unchanged since it was read.
  bool Fits(const Entry& entry) const {
    return settled && type == entry.type && size == entry.size &&
           inode == entry.inode && mtime_s == entry.mtime_s &&
           mtime_ns == entry.mtime_ns && ctime_s == entry.ctime_s &&
           ctime_ns == entry.ctime_ns;
  }
};

static_assert(sizeof(FileRecord) == 80);

// Returns a number below, equal to or above 0, by the order of a listing: a
// folder's content follows it directly.
int ComparePaths(absl::string_view a, absl::string_view b);

// Records in that order. Of each path only the part that differs from the path
// before is kept.
class FileRecords {
 public:
  // Reads the records; none if the file is missing, damaged or of another
  // version: then all files are read again.
  static FileRecords Load(const std::string& path);
  // Writes the records, for machines of the same byte order; see ReplaceFile
  // for errors.
  absl::Status Save(const std::string& path) const;
  // Returns whether the file was written by Save, by its first bytes.
  static bool IsFileOf(const std::string& path);

  // Appends a record. Paths must come in order.
  void Add(absl::string_view path, const FileRecord& record);
  size_t size() const { return records_.size(); }

  // Goes through the records once. They must outlive it and stay unchanged.
  class Reader {
   public:
    explicit Reader(const FileRecords& records);
    // Returns whether no record is left; then only Find may be called.
    bool done() const { return index_ == records_.records_.size(); }
    const std::string& path() const { return path_; }
    const FileRecord& record() const { return records_.records_[index_]; }
    // Moves to the next record.
    void Next();
    // Moves to the record of that path and returns it; null if none has it.
    // Paths must come in order.
    const FileRecord* Find(absl::string_view path);

   private:
    void ReadPath();

    const FileRecords& records_;
    size_t index_ = 0;
    std::string path_;
  };

 private:
  struct Name {
    uint32_t offset;  // of its new part, in text_
    uint16_t shared;  // bytes that it shares with the path before
    uint16_t size;
  };

  std::vector<FileRecord> records_;
  std::vector<Name> names_;
  std::string text_;
  std::string last_;
};

// A difference between two contexts, for "why is this built again".
struct FileChange {
  // A file of another type is kType even if its content and mode differ, too.
  enum Kind { kAdded, kRemoved, kContent, kMode, kType } kind;
  std::string path;
};
// Returns the differences in the order of the paths.
std::vector<FileChange> CompareRecords(const FileRecords& before,
                                       const FileRecords& after);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_FILE_RECORDS_H_
