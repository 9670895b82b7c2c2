// What users of other tools type by habit: it works, or one line says what to
// type instead.
#ifndef OVENBIRD_RUNTIME_CLI_HABITS_H_
#define OVENBIRD_RUNTIME_CLI_HABITS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Returns the arguments with `--version` and `help VERB` as verbs and flags of
// ours.
std::vector<std::string> WithoutHabits(std::vector<std::string> arguments);

// Returns what to do instead of an unknown verb; empty: no advice.
std::string VerbHabit(absl::string_view verb);

// Returns what to do instead of a flag that `verb` does not have; empty: no
// advice.
std::string FlagHabit(absl::string_view verb, absl::string_view flag);

// Returns a problem with arguments that only other tools accept, such as the
// folder of `docker build .`; empty: none.
std::string ArgumentHabit(const Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_HABITS_H_
