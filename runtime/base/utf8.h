// Decodes UTF-8.
#ifndef OVENBIRD_RUNTIME_BASE_UTF8_H_
#define OVENBIRD_RUNTIME_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace ovenbird {

// One decoded character.
struct Utf8Char {
  uint32_t code_point;  // U+FFFD for bytes that are not UTF-8
  size_t size;          // in bytes: at least 1
  bool valid;
};

// Returns the character at the start of `text`, which must not be empty.
// Overlong forms, surrogates and code points above U+10FFFF are not valid; an
// invalid character is one byte long.
Utf8Char DecodeUtf8(absl::string_view text);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_UTF8_H_
