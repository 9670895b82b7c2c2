// The text that --help prints.
#ifndef OVENBIRD_RUNTIME_CLI_HELP_H_
#define OVENBIRD_RUNTIME_CLI_HELP_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/cli/command_line.h"

namespace ovenbird::cli {

// Returns the columns of the terminal on standard output, 100 at most; 80 if it
// is not a terminal.
size_t HelpWidth();

// Returns the help of a verb; of the program if `verb` is empty or unknown.
// Lines are broken between words only.
std::string Help(const CommandLine& all, absl::string_view verb, size_t width);

// Returns how a flag is typed: "-c, --config FILE".
std::string Typed(const Flag& flag);

// Returns how an argument is typed: "[IMAGE...]".
std::string TypedArgument(const Flag& argument);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_HELP_H_
