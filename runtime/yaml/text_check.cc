#include "runtime/yaml/text_check.h"

#include <cstdint>
#include <cstring>

#include "runtime/base/utf8.h"

namespace ovenbird::yaml {
namespace {

// True when all eight bytes are printable ASCII: nearly the whole of each file.
bool AreEightPlainBytes(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  constexpr uint64_t kHighBits = 0x8080808080808080;
  constexpr uint64_t kBlanks = 0x2020202020202020;
  // No high bit set, and subtracting 0x20 borrows nowhere.
  return ((word | (word - kBlanks)) & kHighBits) == 0;
}

// A carriage return is one only before a line feed: alone it is a line end that
// the parser loses.
bool IsBadControl(absl::string_view text, size_t at) {
  const char c = text[at];
  if (c == '\r') return at + 1 == text.size() || text[at + 1] != '\n';
  return c >= 0 && c < 0x20 && c != '\t' && c != '\n';
}

}  // namespace

std::optional<BadText> FindBadText(absl::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size() && AreEightPlainBytes(text.data() + i)) {
      i += 8;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      if (IsBadControl(text, i)) return BadText{i, 1, true};
      ++i;
      continue;
    }
    const Utf8Char decoded = DecodeUtf8(text.substr(i));
    if (!decoded.valid) return BadText{i, 1, false};
    // A second byte order mark would shift every offset of the parser.
    if (i == 0 && decoded.code_point == 0xFEFF) return BadText{0, 3, true};
    i += decoded.size;
  }
  return std::nullopt;
}

}  // namespace ovenbird::yaml
