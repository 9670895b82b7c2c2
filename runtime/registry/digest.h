// Digests of content, as images name it: "sha256:..." and "sha512:...", the two
// algorithms that OCI registers.
#ifndef OVENBIRD_RUNTIME_REGISTRY_DIGEST_H_
#define OVENBIRD_RUNTIME_REGISTRY_DIGEST_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/sha256.h"

namespace ovenbird::registry {

// Returns kInvalidArgument unless `digest` is sha256 with 64 or sha512 with 128
// lower-case hexadecimal digits.
absl::Status CheckDigest(absl::string_view digest);

// Returns the sha256 digest of `bytes`: "sha256:...".
std::string DigestOf(absl::string_view bytes);

// Compares bytes with the digest that they must have, as they arrive.
class DigestVerifier {
 public:
  // Returns a verifier for `digest`; fails as CheckDigest does.
  static absl::StatusOr<std::unique_ptr<DigestVerifier>> New(
      absl::string_view digest);

  // Adds the next bytes.
  void Update(absl::string_view bytes);

  // Returns kDataLoss, with the digest of the bytes, if they do not match. Must
  // be the last call.
  absl::Status Finish();

 private:
  explicit DigestVerifier(absl::string_view digest);

  const std::string wanted_;
  std::variant<Sha256, Sha512> hash_;
};

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_DIGEST_H_
