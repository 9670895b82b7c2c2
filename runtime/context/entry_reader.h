// The content of a listing's files, exactly as they were listed.
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
// A file that is gone, can't be read, or has another size or time than the
// listing says is an error that names it (kAborted: "changed while ...").
class EntryReader {
 public:
  // `listing` must outlive this.
  explicit EntryReader(const Listing* listing) : listing_(*listing) {}
  ~EntryReader();
  EntryReader(const EntryReader&) = delete;
  EntryReader& operator=(const EntryReader&) = delete;

  // Entry `index`, a file. Ends the one before.
  absl::Status Open(uint32_t index);
  bool is_open() const { return file_ >= 0; }
  // Some bytes; 0 at the end, where the file is closed.
  absl::StatusOr<size_t> Read(char* buffer, size_t size);

 private:
  struct Folder {
    uint32_t index;
    int fd;
  };

  // Descriptor of the folder, opened on the way down; -1 with errno set.
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

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_ENTRY_READER_H_
