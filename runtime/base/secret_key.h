// A random key in a file, for hashes that others must not be able to compute.
#ifndef OVENBIRD_RUNTIME_BASE_SECRET_KEY_H_
#define OVENBIRD_RUNTIME_BASE_SECRET_KEY_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/file_lock.h"

namespace ovenbird {

// Returns a new random key of 256 bits, in hexadecimal digits.
std::string NewSecretKey();

// Returns the key in the file `path`; empty if the file contains no key, is not
// a regular file, or if another user owns it or has access to it.
std::string ReadSecretKey(const std::string& path);

// Returns the key in the file `path`, which is in a private folder; writes a
// new one if ReadSecretKey returns none. Processes that do so simultaneously
// get the same key; `wait`: while they wait for each other.
absl::StatusOr<std::string> MakeSecretKey(const std::string& path,
                                          const LockWait& wait = {});

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SECRET_KEY_H_
