// A checksum of a stream: XXH3 with 128 bits. It finds damage, not forgery: who
// can change the stream on its way can change the answer, too, whatever the
// checksum is. TLS is what stops them.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_DIGEST_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_DIGEST_H_

#include <stddef.h>

namespace ovenbird::kube::receiver {

inline constexpr size_t kDigestSize = 16;

// The checksum of the bytes that were added so far.
class Digest {
 public:
  Digest();
  // Adds the next bytes of the stream.
  void Add(const void* data, size_t size);
  // Puts the checksum of all bytes into `bytes`.
  void Get(unsigned char (&bytes)[kDigestSize]) const;
  // Puts it into `text`: hexadecimal, with a NUL at the end.
  void GetHex(char (&text)[2 * kDigestSize + 1]) const;

 private:
  alignas(64) unsigned char state_[576];  // of the library
};

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_DIGEST_H_
