#include "runtime/base/utf8.h"

namespace ovenbird {
namespace {

constexpr Utf8Char kBad = {0xFFFD, 1, false};

struct Form {
  size_t size;
  uint32_t first_bits;
  uint32_t smallest;
};

// By the first byte; size 0: none starts so.
Form FormOf(unsigned char first) {
  if (first < 0x80) return {1, first, 0};
  if (first >= 0xC2 && first < 0xE0) return {2, first & 0x1Fu, 0x80};
  if (first >= 0xE0 && first < 0xF0) return {3, first & 0x0Fu, 0x800};
  if (first >= 0xF0 && first < 0xF5) return {4, first & 0x07u, 0x10000};
  return {0, 0, 0};
}

}  // namespace

Utf8Char DecodeUtf8(absl::string_view text) {
  const Form form = FormOf(static_cast<unsigned char>(text[0]));
  if (form.size == 0 || text.size() < form.size) return kBad;
  uint32_t code_point = form.first_bits;
  for (size_t i = 1; i < form.size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return kBad;
    code_point = code_point << 6 | (byte & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  if (code_point < form.smallest || code_point > 0x10FFFF || surrogate) {
    return kBad;
  }
  return {code_point, form.size, true};
}

}  // namespace ovenbird
