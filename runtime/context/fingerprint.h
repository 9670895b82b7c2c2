// A digest of the content of a build context: the same on every machine that
// has the same files.
#ifndef OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_
#define OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/sha256.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"

namespace ovenbird::context {

// The digest, and what the next call needs to be fast.
struct Fingerprint {
  Sha256Digest digest = {};
  // The records that it was made from; save them for the next call.
  FileRecords records;
  // The number of files whose content was read; `known` had the others.
  size_t files_read = 0;
};

// Returns the SHA-256 over path, type, mode, and content or target of each
// entry: the tar stream of the same arguments, without the times. The owners on
// the disk and the folder's path do not count. A file that changes while it is
// read is an error, as in TarStream.
absl::StatusOr<Fingerprint> ComputeFingerprint(
    const Listing& listing, const std::vector<MemoryFile>& files,
    const FileRecords& known);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_
