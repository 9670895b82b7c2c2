// Messages for wrong command lines that say what to write instead.
#ifndef OVENBIRD_RUNTIME_CLI_USAGE_H_
#define OVENBIRD_RUNTIME_CLI_USAGE_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/types/span.h"

namespace ovenbird::cli {

// Returns the problem before any flag is parsed: the verb is missing or
// unknown, or follows a flag. Empty: none.
std::string VerbProblem(const CLI::App& app,
                        absl::Span<const std::string> arguments);

// Returns a message for an error of the parser after the verb, since CLI11's
// own messages are for programmers.
std::string FlagProblem(const CLI::App& app, const CLI::ParseError& error);

// Returns "`foo` is not one of a, b, c" for a value that is not in the list,
// with a suggestion if one is similar.
std::string NoneOf(const std::string& text,
                   const std::vector<std::string>& values);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_USAGE_H_
