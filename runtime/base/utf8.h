// Characters of UTF-8 texts.
#ifndef OVENBIRD_RUNTIME_BASE_UTF8_H_
#define OVENBIRD_RUNTIME_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace ovenbird {

struct Utf8Char {
  uint32_t code_point;  // U+FFFD for bytes that are not UTF-8
  size_t size;          // bytes taken: at least 1
  bool valid;
};

// The character at the start of `text`, which must not be empty. Overlong
// forms, surrogates and what is above U+10FFFF are not valid; of bad bytes one
// is taken.
Utf8Char DecodeUtf8(absl::string_view text);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_UTF8_H_
