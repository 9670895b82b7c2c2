#include "runtime/context/text.h"

#include "absl/strings/str_cat.h"
#include "runtime/base/utf8.h"

namespace ovenbird::context {
namespace {

// Unicode's property White_Space.
bool IsSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Start of the last character.
size_t LastCharacter(absl::string_view text) {
  for (size_t length = 2; length <= 4 && length <= text.size(); ++length) {
    const size_t start = text.size() - length;
    const Utf8Char last = DecodeUtf8(text.substr(start));
    if (last.valid && last.size == length) return start;
  }
  return text.size() - 1;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Utf8Char next = DecodeUtf8(text);
    if (!next.valid) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

std::string ToUtf8(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Char next = DecodeUtf8(text);
    absl::StrAppend(&out,
                    next.valid ? text.substr(0, next.size) : "\xEF\xBF\xBD");
    text.remove_prefix(next.size);
  }
  return out;
}

absl::string_view TrimSpace(absl::string_view text) {
  while (!text.empty()) {
    const Utf8Char first = DecodeUtf8(text);
    if (!first.valid || !IsSpace(first.code_point)) break;
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    const size_t start = LastCharacter(text);
    const Utf8Char last = DecodeUtf8(text.substr(start));
    if (!last.valid || !IsSpace(last.code_point)) break;
    text = text.substr(0, start);
  }
  return text;
}

}  // namespace ovenbird::context
