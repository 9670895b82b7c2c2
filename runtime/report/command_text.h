// Text in commands for the runner of GitHub Actions ("::error title=x::text"),
// and text that must not be commands for a runner: GitHub's reads "::name::" at
// the start of a line and "##[name]" anywhere, that of Azure Pipelines
// "##[name]" and "##vso[name]".
#ifndef OVENBIRD_RUNTIME_REPORT_COMMAND_TEXT_H_
#define OVENBIRD_RUNTIME_REPORT_COMMAND_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::report {

// Returns `text` as what follows the last `::` of a command: on one line.
std::string CommandData(absl::string_view text);

// Returns `text` as the value of a property, such as `title`.
std::string CommandProperty(absl::string_view text);

// Returns the JSON `text` with the same values, but without what a runner could
// read as commands.
std::string JsonWithoutCommands(absl::string_view text);

// Returns the same of an XML `text`.
std::string XmlWithoutCommands(absl::string_view text);

// Returns lines for people without what a runner could read as commands: an
// escape (\x23, \x3A) is in its place, as Visible() has them.
std::string LinesWithoutCommands(absl::string_view text);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_COMMAND_TEXT_H_
