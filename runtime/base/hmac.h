// Hashes that cannot be recomputed without a key.
#ifndef OVENBIRD_RUNTIME_BASE_HMAC_H_
#define OVENBIRD_RUNTIME_BASE_HMAC_H_

#include "absl/strings/string_view.h"
#include "runtime/base/sha256.h"

namespace ovenbird {

// Returns the HMAC-SHA-256 (RFC 2104) of `text`. Unlike a plain hash it does
// not let others find a short text by trying.
Sha256Digest HmacOf(absl::string_view key, absl::string_view text);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_HMAC_H_
