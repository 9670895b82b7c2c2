// The list that a user means who wrote a string in its place.
#ifndef OVENBIRD_RUNTIME_CONFIG_LIST_TEXT_H_
#define OVENBIRD_RUNTIME_CONFIG_LIST_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::config {

// Returns a YAML list in one line with the items of `text`, which is the value
// of the option `field`. A command and its arguments are split as a shell
// splits them (`sh -c foo` -> `[sh, -c, foo]`); a program that only a shell can
// run becomes `[sh, -c, "..."]`.
std::string ListInOneLine(absl::string_view field, absl::string_view text);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_LIST_TEXT_H_
