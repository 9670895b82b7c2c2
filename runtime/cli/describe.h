// Makes the description of the command line from the parser.
#ifndef OVENBIRD_RUNTIME_CLI_DESCRIBE_H_
#define OVENBIRD_RUNTIME_CLI_DESCRIBE_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/string_view.h"
#include "runtime/cli/command_line.h"

namespace ovenbird::cli {

// Returns the type name of a flag that has one of these values:
// "SHELL:{bash,zsh}". The parser has no other place for them.
std::string TypeOfChoice(absl::string_view value,
                         const std::vector<std::string>& choices);

// Returns how a flag's value is called: "SHELL", without the list.
std::string ValueName(const CLI::Option& option);

// Returns the verbs that are not hidden.
CommandLine Describe(const CLI::App& app);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_DESCRIBE_H_
