// The difference between two contexts as an archive: what has to be unpacked,
// as a layer of an image, on top of the older one to get the newer one.
#ifndef OVENBIRD_RUNTIME_CONTEXT_DELTA_H_
#define OVENBIRD_RUNTIME_CONTEXT_DELTA_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"

namespace ovenbird::context {

// Returns the records of all members of the archive of `listing` and `files`:
// `content`, which ComputeFingerprint made from the same arguments, and the
// folders that the archive adds for `files`. Two archives unpack to the same
// tree if their records are the same in type, mode, size, time and digest.
FileRecords UnpackedRecords(const Listing& listing,
                            const std::vector<MemoryFile>& files,
                            const FileRecords& content);

// The arguments for the TarStream of a layer, and its size.
struct Delta {
  Listing listing{""};
  // With a whiteout (OCI's layer format) for each removed file or folder.
  std::vector<MemoryFile> files;
  size_t changed = 0;  // files, folders and symlinks that the layer brings
  size_t removed = 0;  // whiteouts
  // Bytes of files of the older context that the layer hides.
  uint64_t hidden_bytes = 0;

  bool empty() const { return changed == 0 && removed == 0; }
};

// Returns the layer that turns a context with the records `before` into the
// one of `listing` and `files`, whose records are `after` (both from
// UnpackedRecords). kUnimplemented, with the path: a file's name begins with
// ".wh.", which a layer cannot have.
absl::StatusOr<Delta> MakeDelta(const Listing& listing,
                                const std::vector<MemoryFile>& files,
                                const FileRecords& before,
                                const FileRecords& after);

// Returns kUnimplemented, with the path, if a layer cannot have one of the
// records: its name begins with ".wh.".
absl::Status CheckForLayer(const FileRecords& records);

// Returns the bytes of all files.
uint64_t ContentSize(const FileRecords& records);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_DELTA_H_
