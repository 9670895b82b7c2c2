#include "runtime/base/hmac.h"

#include <cstddef>
#include <string>

namespace ovenbird {
namespace {

constexpr size_t kBlock = 64;

std::string Bytes(const Sha256Digest& digest) {
  return std::string(digest.begin(), digest.end());
}

std::string Padded(std::string key, char pad) {
  key.resize(kBlock, '\0');
  for (char& c : key) c = static_cast<char>(c ^ pad);
  return key;
}

}  // namespace

Sha256Digest HmacOf(absl::string_view key, absl::string_view text) {
  const std::string block =
      key.size() > kBlock ? Bytes(Sha256Of(key)) : std::string(key);
  Sha256 sha;
  sha.Update(Padded(block, 0x36));
  sha.Update(text);
  const std::string inner = Bytes(sha.Finish());
  sha.Update(Padded(block, 0x5c));
  sha.Update(inner);
  return sha.Finish();
}

}  // namespace ovenbird
