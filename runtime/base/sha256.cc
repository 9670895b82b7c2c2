#include "runtime/base/sha256.h"

#include <openssl/evp.h>

#include "absl/strings/escaping.h"
#include "runtime/base/no_memory.h"

namespace ovenbird {
namespace {

EVP_MD_CTX* Context(void* context) { return static_cast<EVP_MD_CTX*>(context); }

// Repeats a call that fails only without memory or with a broken OpenSSL, until
// it succeeds, or there is no more memory to be had.
template <typename Call>
void Insist(Call call) {
  while (!call()) MakeRoomOrThrow();
}

// Fetched once: looking the algorithm up costs more than hashing a short text.
template <size_t kBytes>
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = [] {
    EVP_MD* found = nullptr;
    Insist([&] {
      found =
          EVP_MD_fetch(nullptr, kBytes == 32 ? "SHA256" : "SHA512", nullptr);
      return found != nullptr;
    });
    return found;
  }();
  return algorithm;
}

template <size_t kBytes>
std::string Hex(const std::array<uint8_t, kBytes>& digest) {
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace

template <size_t kBytes>
void Sha2<kBytes>::Free::operator()(void* context) const {
  EVP_MD_CTX_free(Context(context));
}

template <size_t kBytes>
Sha2<kBytes>::Sha2() {
  Insist([this] {
    context_.reset(EVP_MD_CTX_new());
    return context_ != nullptr;
  });
  Start();
}

template <size_t kBytes>
void Sha2<kBytes>::Start() {
  Insist([this] {
    return EVP_DigestInit_ex(Context(context_.get()), Algorithm<kBytes>(),
                             nullptr) == 1;
  });
}

template <size_t kBytes>
void Sha2<kBytes>::Update(absl::string_view bytes) {
  Insist([&] {
    return EVP_DigestUpdate(Context(context_.get()), bytes.data(),
                            bytes.size()) == 1;
  });
}

template <size_t kBytes>
typename Sha2<kBytes>::Digest Sha2<kBytes>::Finish() {
  Digest digest;
  Insist([&] {
    return EVP_DigestFinal_ex(Context(context_.get()), digest.data(),
                              nullptr) == 1;
  });
  Start();
  return digest;
}

template class Sha2<32>;
template class Sha2<64>;

Sha256Digest Sha256Of(absl::string_view bytes) {
  Sha256 sha;
  sha.Update(bytes);
  return sha.Finish();
}

std::string ToHex(const Sha256Digest& digest) { return Hex(digest); }
std::string ToHex(const Sha512Digest& digest) { return Hex(digest); }

}  // namespace ovenbird
