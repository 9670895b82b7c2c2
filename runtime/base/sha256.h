// SHA-256. With runtime/net the only door to OpenSSL, whose implementation
// uses the processor's SHA instructions.
#ifndef OVENBIRD_RUNTIME_BASE_SHA256_H_
#define OVENBIRD_RUNTIME_BASE_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

using Sha256Digest = std::array<uint8_t, 32>;

// Digest of what `Update` was given, in order.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(absl::string_view bytes);
  // Starts anew: the object can be used for the next digest.
  Sha256Digest Finish();

 private:
  void* context_;  // EVP_MD_CTX
};

Sha256Digest Sha256Of(absl::string_view bytes);
// 64 lower-case hexadecimal digits.
std::string ToHex(const Sha256Digest& digest);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SHA256_H_
