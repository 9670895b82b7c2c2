// Why a command line is wrong, in words that say what to write instead.
#ifndef OVENBIRD_RUNTIME_CLI_USAGE_H_
#define OVENBIRD_RUNTIME_CLI_USAGE_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/types/span.h"

namespace ovenbird::cli {

// What is wrong before any flag is looked at: there is no verb, or an unknown
// one, or a flag before it. Empty: nothing is.
std::string VerbProblem(const CLI::App& app,
                        absl::Span<const std::string> arguments);

// What the parser has stumbled over behind the verb; CLI11's own words are
// those of a programmer.
std::string FlagProblem(const CLI::App& app, const CLI::ParseError& error);

// "`foo` is none of a, b, c": for values out of a list, as a line of help says.
std::string NoneOf(const std::string& text,
                   const std::vector<std::string>& values);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_USAGE_H_
