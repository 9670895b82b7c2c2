// A context in parts, each for a layer of its own: what has been pushed of a
// context counts, even if the rest has not.
#ifndef OVENBIRD_RUNTIME_CONTEXT_PARTS_H_
#define OVENBIRD_RUNTIME_CONTEXT_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/context/delta.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"

namespace ovenbird::context {

// Parts have about this size, in bytes of files, if there are not too many.
inline constexpr uint64_t kPartSize = 16 << 20;
// Each part is a layer of an image, and images have limits.
inline constexpr int kMostParts = 60;

// A part of a context, and the name of its layer.
struct Part {
  FileRecords records;
  // The same for parts whose layers have the same bytes; 64 hexadecimal digits.
  std::string key;
};

// Cuts the records of a context into parts of at least half of `part_size`
// bytes, except for the last, and at most `part_size` and one file. `files` are
// those that UnpackedRecords had. A part ends where the names of the files
// decide: files that are added or removed move the next end only. Returns one
// part for an empty context.
std::vector<Part> CutIntoParts(const FileRecords& all,
                               const std::vector<MemoryFile>& files,
                               uint64_t part_size);

// Returns `part_size`, doubled until no more than kMostParts are needed for
// `size` bytes and `files` files.
uint64_t PartSizeFor(uint64_t size, size_t files,
                     uint64_t part_size = kPartSize);

// Returns the layer of a part. The layers of all parts, in their order, unpack
// to the context. Errors: as of MakeDelta.
absl::StatusOr<Delta> LayerOf(const Listing& listing,
                              const std::vector<MemoryFile>& files,
                              const Part& part);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_PARTS_H_
