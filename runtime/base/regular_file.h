// Reads files that a stranger may have put there (a cloned repository).
#ifndef OVENBIRD_RUNTIME_BASE_REGULAR_FILE_H_
#define OVENBIRD_RUNTIME_BASE_REGULAR_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ovenbird {

// No text that people write is larger.
inline constexpr uint64_t kMostText = uint64_t{64} << 20;

// Returns the content of a regular file of at most `most` bytes; symlinks are
// followed. Never waits for another process and never reads a device.
// kFailedPrecondition: not a regular file; kOutOfRange: too large; else a
// FileError.
absl::StatusOr<std::string> ReadRegularFile(const std::string& path,
                                            uint64_t most = kMostText);

// Returns the error of ReadRegularFile(), without reading the file.
absl::Status CheckRegularFile(const std::string& path,
                              uint64_t most = kMostText);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_REGULAR_FILE_H_
