// SHA-256 and SHA-512. Next to runtime/net the only use of OpenSSL, whose
// implementation uses the processor's SHA instructions.
#ifndef OVENBIRD_RUNTIME_BASE_SHA256_H_
#define OVENBIRD_RUNTIME_BASE_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

// Computes the digest of the bytes given to `Update`, in order. kBytes is 32 or
// 64. Throws std::bad_alloc without memory.
template <size_t kBytes>
class Sha2 {
 public:
  using Digest = std::array<uint8_t, kBytes>;

  Sha2();

  // Adds bytes to the digest.
  void Update(absl::string_view bytes);
  // Returns the digest of all bytes and starts anew: the object can be used for
  // the next digest.
  Digest Finish();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  void Start();

  std::unique_ptr<void, Free> context_;  // EVP_MD_CTX
};

using Sha256 = Sha2<32>;
using Sha512 = Sha2<64>;
using Sha256Digest = Sha256::Digest;
using Sha512Digest = Sha512::Digest;

extern template class Sha2<32>;
extern template class Sha2<64>;

// Returns the SHA-256 digest of `bytes`.
Sha256Digest Sha256Of(absl::string_view bytes);

// Returns the digest as lower-case hexadecimal digits: 64 and 128.
std::string ToHex(const Sha256Digest& digest);
std::string ToHex(const Sha512Digest& digest);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SHA256_H_
