// Unpacks tar archives: the layers of images, and build contexts. With
// runtime/context the only door to libarchive.
#ifndef OVENBIRD_RUNTIME_REGISTRY_UNPACK_H_
#define OVENBIRD_RUNTIME_REGISTRY_UNPACK_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ovenbird::registry {

// Puts up to `size` bytes into `buffer` and returns how many; 0 is the end.
using ByteSource = std::function<absl::StatusOr<size_t>(char* buffer, size_t)>;

struct UnpackOptions {
  // A layer of an image: ".wh." names delete what lower layers have, and FIFOs
  // are made. Devices never are.
  bool layer = false;
  // Owners and extended attributes are set as the archive says. Off: whatever
  // this process makes.
  bool owners = true;
};

// Unpacks a tar archive (plain, gzip or zstd) into the folder `root`, over what
// is there. Nothing outside of `root` is touched, whatever the archive says:
// symbolic links on the way are followed as if `root` were /, and a name with
// ".." is an error (kInvalidArgument). Modes and times are kept. What `source`
// returns as an error is returned.
absl::Status Unpack(const ByteSource& source, const std::string& root,
                    const UnpackOptions& options = {});

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_UNPACK_H_
