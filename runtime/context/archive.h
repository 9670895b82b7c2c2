// Files that ADD may unpack.
#ifndef OVENBIRD_RUNTIME_CONTEXT_ARCHIVE_H_
#define OVENBIRD_RUNTIME_CONTEXT_ARCHIVE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/context/owner.h"

namespace ovenbird::context {

// What ADD does with a file, and how the executor's unpacking would differ.
struct ArchiveFile {
  // Whether ADD unpacks the file.
  enum Kind {
    kNone,    // copied
    kTar,     // unpacked
    kPacked,  // compressed, but not an archive: copied
  };
  Kind kind = kNone;
  // Compressed in a way other than gzip and bzip2.
  bool rare_compression = false;
  // The executor would not unpack it as BuildKit does: it gives the target the
  // mode and owner of an entry for the archive's top, and new folders the mode
  // of the first folder in them; `..` leads out of the target.
  bool needs_repack = false;
  // It has an entry for its top that would give the target mode 0755 and owner
  // 0:0.
  bool plain_top = false;
  // The paths of its folders below the target, in order.
  std::vector<std::string> folders;
  // The first regular file all of whose parents have entries; empty: none.
  std::string file;
  // The first fifo or device, which the executor leaves out; empty: none.
  std::string special;
  // The first symlink; the executor makes root the owner of all of them. Empty:
  // none.
  std::string link;
  // The first symlink that root does not own; empty: none.
  std::string owned_link;
};

// Reads the file's beginning, and the headers of an archive; those after a
// damaged one are ignored. kNotFound and the like if it cannot be read.
absl::StatusOr<ArchiveFile> ProbeArchive(const std::string& path);

// Returns the archive as an uncompressed tar, with `owner` (if given) as the
// owner of every entry, written so that the executor unpacks what BuildKit
// unpacks: no entry for the top, no `..`, and before a folder whose parents may
// be missing the same folder with mode 0755, because new parents get the mode
// of the folder that is unpacked. kDataLoss for a damaged archive and for a
// result above `max_size` bytes.
absl::StatusOr<std::string> RepackArchive(const std::string& path,
                                          std::optional<Owner> owner,
                                          uint64_t max_size);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_ARCHIVE_H_
