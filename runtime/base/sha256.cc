#include "runtime/base/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "absl/strings/escaping.h"

namespace ovenbird {
namespace {

EVP_MD_CTX* Context(void* context) { return static_cast<EVP_MD_CTX*>(context); }

// Fails only without memory or with a broken OpenSSL: not worth a Status.
void Check(bool ok) {
  if (!ok) std::abort();
}

// Fetched once: looking the algorithm up costs more than hashing a short text.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  Check(EVP_DigestInit_ex(Context(context_), Algorithm(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(Context(context_)); }

void Sha256::Update(absl::string_view bytes) {
  Check(EVP_DigestUpdate(Context(context_), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  Check(EVP_DigestFinal_ex(Context(context_), digest.data(), nullptr) == 1);
  Check(EVP_DigestInit_ex(Context(context_), Algorithm(), nullptr) == 1);
  return digest;
}

Sha256Digest Sha256Of(absl::string_view bytes) {
  Sha256 sha;
  sha.Update(bytes);
  return sha.Finish();
}

std::string ToHex(const Sha256Digest& digest) {
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace ovenbird
