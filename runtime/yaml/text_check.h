// Finds bytes that cannot be part of a YAML text, before a parser fails on
// them.
#ifndef OVENBIRD_RUNTIME_YAML_TEXT_CHECK_H_
#define OVENBIRD_RUNTIME_YAML_TEXT_CHECK_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace ovenbird::yaml {

// The position of invalid bytes.
struct BadText {
  size_t offset;
  size_t size;
  // True for a control character other than tab and line ends (a carriage
  // return alone is not a line end) and for a second byte order mark; false for
  // bytes that are not UTF-8.
  bool control_character;
};

// Returns the first invalid bytes; nullopt if the text has none.
std::optional<BadText> FindBadText(absl::string_view text);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_TEXT_CHECK_H_
