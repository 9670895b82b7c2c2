// Unpacks tar archives: the layers of images, and build contexts. Next to
// layer_facts and runtime/context, the only code that uses libarchive.
#ifndef OVENBIRD_RUNTIME_REGISTRY_UNPACK_H_
#define OVENBIRD_RUNTIME_REGISTRY_UNPACK_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ovenbird::registry {

// Fills `buffer` with up to `size` bytes and returns how many; 0 is the end.
using ByteSource = std::function<absl::StatusOr<size_t>(char* buffer, size_t)>;

// How to unpack an archive.
struct UnpackOptions {
  // A layer of an image: ".wh." names delete files of lower layers, and FIFOs
  // are created. Devices never are.
  bool layer = false;
  // Sets owners and extended attributes as in the archive. False: the files
  // belong to the user of this process.
  bool owners = true;
};

// Unpacks a tar archive (plain, gzip or zstd) into the folder `root`, over the
// files that exist there. Never touches anything outside of `root`, whatever
// the archive contains: symlinks on the way are followed as if `root` were /,
// and a name with ".." is an error (kInvalidArgument). Keeps modes and times.
// kDataLoss: the archive is damaged. Returns errors of `source` as they are.
absl::Status Unpack(const ByteSource& source, const std::string& root,
                    const UnpackOptions& options = {});

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_UNPACK_H_
