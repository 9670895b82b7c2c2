// One number for the content of a build context: the same on every machine
// that has the same files.
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

struct Fingerprint {
  Sha256Digest digest = {};
  // What went into it; to be saved and given to the next call.
  FileRecords records;
  // Files whose content was read; the others were known from `known`.
  size_t files_read = 0;
};

// SHA-256 over path, type, mode, and content or target of each
// entry: what the tar stream of the same arguments says, less the times. Owners
// and places on this machine are no part of it. A file that changes while it is
// read is an error, as in TarStream.
absl::StatusOr<Fingerprint> ComputeFingerprint(
    const Listing& listing, const std::vector<MemoryFile>& files,
    const FileRecords& known);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_
