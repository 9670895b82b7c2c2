// Files that ADD may unpack.
#ifndef OVENBIRD_RUNTIME_CONTEXT_ARCHIVE_H_
#define OVENBIRD_RUNTIME_CONTEXT_ARCHIVE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace ovenbird::context {

// What a file is to ADD.
struct ArchiveFile {
  enum Kind {
    kNone,    // copied
    kTar,     // unpacked
    kPacked,  // compressed, but no archive: copied
  };
  Kind kind = kNone;
  // Compressed in a way other than gzip and bzip2.
  bool rare_compression = false;
  // The archive's first entry is a folder of this mode; nullopt: it is none.
  std::optional<uint32_t> first_folder_mode;
};

// Reads the file's beginning. kNotFound and the like when it cannot be read.
absl::StatusOr<ArchiveFile> ProbeArchive(const std::string& path);

// Who owns what is unpacked.
struct Owner {
  int64_t user = 0;
  int64_t group = 0;
};

// Returns the archive as a tar that is not compressed, all in it owned by
// `owner` if there is one. A first folder comes twice, with mode 0755 before
// its own: who unpacks it makes the target with the mode of the first one.
// An error above `max_size` bytes.
absl::StatusOr<std::string> RepackArchive(const std::string& path,
                                          std::optional<Owner> owner,
                                          uint64_t max_size);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_ARCHIVE_H_
