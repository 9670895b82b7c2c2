// The verbs and flags as data: help, completion and the man page are made from
// it, and it is made from the parser.
#ifndef OVENBIRD_RUNTIME_CLI_COMMAND_LINE_H_
#define OVENBIRD_RUNTIME_CLI_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::cli {

// The verb that shells call to complete a command; not in any help.
inline constexpr char kCompleteVerb[] = "__complete";

// A flag, or an argument of a verb.
struct Flag {
  // "-c", "--config"; of an argument none.
  std::vector<std::string> names;
  std::string value;                 // "FILE"; empty: takes no value
  std::vector<std::string> choices;  // all values; none: any value
  bool value_is_optional = false;    // --fix, --fix=all
  bool repeated = false;
  bool required = false;
  std::string help;
  std::string group;
};

// A verb with its flags.
struct VerbInfo {
  std::string name;
  std::string help;
  std::string group;
  std::string example;
  std::vector<Flag> arguments;
  std::vector<Flag> flags;
};

// All that the program accepts.
struct CommandLine {
  std::string help;
  std::string footer;
  std::vector<VerbInfo> verbs;

  // Returns the verb of that name; null if there is none.
  const VerbInfo* Find(absl::string_view name) const;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_COMMAND_LINE_H_
