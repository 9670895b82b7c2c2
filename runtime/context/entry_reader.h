// Reads the content of a listing's files, exactly as they were listed.
#ifndef OVENBIRD_RUNTIME_CONTEXT_ENTRY_READER_H_
#define OVENBIRD_RUNTIME_CONTEXT_ENTRY_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"

namespace ovenbird::context {

// Reads one file after the other; fastest in the listing's order, because the
// folders on the way stay open. Not thread-safe.
//
// A file that is missing, cannot be read, or has another size or time than in
// the listing is an error that names it (kAborted: "changed while ...").
class EntryReader {
 public:
  // `listing` must outlive this.
  explicit EntryReader(const Listing* listing) : listing_(*listing) {}
  ~EntryReader();
  EntryReader(const EntryReader&) = delete;
  EntryReader& operator=(const EntryReader&) = delete;

  // Opens entry `index`, which must be a regular file, and closes the one
  // before.
  absl::Status Open(uint32_t index);
  // Returns whether a file is open: opened, and not read to its end.
  bool is_open() const { return file_ >= 0; }
  // Reads up to `size` bytes and returns how many; 0 at the end, where the file
  // is checked and closed.
  absl::StatusOr<size_t> Read(char* buffer, size_t size);

 private:
  struct Folder {
    uint32_t index;
    int fd;
  };

  // Returns the descriptor of the folder, opened on the way down; -1 with errno
  // set on failure.
  int Descend(uint32_t folder);
  void CloseFoldersFrom(size_t level);
  absl::Status CheckUnchanged() const;
  std::string Shown(uint32_t index) const;
  absl::Status Changed(absl::string_view how) const;

  const Listing& listing_;
  std::vector<Folder> folders_;
  int file_ = -1;
  uint32_t index_ = 0;
  uint64_t left_ = 0;
};

// Opens each file of the listing, without reading it; returns the error of the
// first one that a build could not read.
absl::Status CheckReadable(const Listing& listing);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_ENTRY_READER_H_
