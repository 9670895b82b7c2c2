// Text in commands for the runner of GitHub Actions ("::error title=x::text").
#ifndef OVENBIRD_RUNTIME_REPORT_COMMAND_TEXT_H_
#define OVENBIRD_RUNTIME_REPORT_COMMAND_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::report {

// Returns `text` as what follows the last `::` of a command: on one line.
std::string CommandData(absl::string_view text);

// Returns `text` as the value of a property, such as `title`.
std::string CommandProperty(absl::string_view text);

// Returns the JSON `text` with the same values, but without `##[`, which begins
// a command of the runner's old format anywhere in a line.
std::string JsonWithoutCommands(absl::string_view text);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_COMMAND_TEXT_H_
