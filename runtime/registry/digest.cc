#include "runtime/registry/digest.h"

#include <algorithm>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::registry {
namespace {

constexpr absl::string_view kSha256 = "sha256:";
constexpr absl::string_view kSha512 = "sha512:";

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

absl::Status CheckDigest(absl::string_view digest) {
  const size_t colon = digest.find(':');
  if (colon == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("digest `", digest, "` has no `sha256:` in front"));
  }
  const absl::string_view algorithm = digest.substr(0, colon);
  const absl::string_view hex = digest.substr(colon + 1);
  const size_t length = algorithm == "sha256"   ? 64
                        : algorithm == "sha512" ? 128
                                                : 0;
  if (length == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("digest algorithm `", algorithm,
                     "` is not supported; use sha256 or sha512"));
  }
  if (hex.size() != length || !IsHex(hex)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "digest `", digest, "` needs ", length, " hexadecimal digits, it has ",
        hex.size(), " characters"));
  }
  return absl::OkStatus();
}

std::string DigestOf(absl::string_view bytes) {
  return absl::StrCat(kSha256, ToHex(Sha256Of(bytes)));
}

absl::StatusOr<std::unique_ptr<DigestVerifier>> DigestVerifier::New(
    absl::string_view digest) {
  if (absl::Status status = CheckDigest(digest); !status.ok()) return status;
  return absl::WrapUnique(new DigestVerifier(digest));
}

DigestVerifier::DigestVerifier(absl::string_view digest) : wanted_(digest) {
  if (absl::StartsWith(digest, kSha512)) hash_.emplace<Sha512>();
}

void DigestVerifier::Update(absl::string_view bytes) {
  std::visit([bytes](auto& hash) { hash.Update(bytes); }, hash_);
}

absl::Status DigestVerifier::Finish() {
  const std::string found =
      std::holds_alternative<Sha512>(hash_)
          ? absl::StrCat(kSha512, ToHex(std::get<Sha512>(hash_).Finish()))
          : absl::StrCat(kSha256, ToHex(std::get<Sha256>(hash_).Finish()));
  if (found == wanted_) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("received content with a different digest: ", found));
}

}  // namespace ovenbird::registry
