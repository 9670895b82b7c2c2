// Finds what can't be part of a YAML text, before a parser trips over it.
#ifndef OVENBIRD_RUNTIME_YAML_TEXT_CHECK_H_
#define OVENBIRD_RUNTIME_YAML_TEXT_CHECK_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace ovenbird::yaml {

struct BadText {
  size_t offset;
  size_t size;
  // A control character other than tab and line ends (a carriage return alone
  // is none); else: bytes that are no UTF-8.
  bool control_character;
};

// The first such place.
std::optional<BadText> FindBadText(absl::string_view text);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_TEXT_CHECK_H_
