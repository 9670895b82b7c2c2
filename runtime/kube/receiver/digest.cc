#include "runtime/kube/receiver/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ovenbird::kube::receiver {

Digest::Digest() {
  static_assert(sizeof(XXH3_state_t) <= sizeof state_);
  static_assert(alignof(XXH3_state_t) <= 64);
  XXH3_INITSTATE(reinterpret_cast<XXH3_state_t*>(state_));
  XXH3_128bits_reset(reinterpret_cast<XXH3_state_t*>(state_));
}

void Digest::Add(const void* data, size_t size) {
  XXH3_128bits_update(reinterpret_cast<XXH3_state_t*>(state_), data, size);
}

void Digest::Get(unsigned char (&bytes)[kDigestSize]) const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(
      &canonical,
      XXH3_128bits_digest(reinterpret_cast<const XXH3_state_t*>(state_)));
  static_assert(sizeof canonical.digest == kDigestSize);
  for (size_t i = 0; i < kDigestSize; ++i) bytes[i] = canonical.digest[i];
}

void Digest::GetHex(char (&text)[2 * kDigestSize + 1]) const {
  unsigned char bytes[kDigestSize];
  Get(bytes);
  for (size_t i = 0; i < kDigestSize; ++i) {
    text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
  text[2 * kDigestSize] = '\0';
}

}  // namespace ovenbird::kube::receiver
