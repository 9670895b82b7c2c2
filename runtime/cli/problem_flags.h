// The flags that say which problems are shown, and what `validate` checks and
// fixes.
#ifndef OVENBIRD_RUNTIME_CLI_PROBLEM_FLAGS_H_
#define OVENBIRD_RUNTIME_CLI_PROBLEM_FLAGS_H_

#include "CLI/CLI.hpp"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Adds --rule and --baseline, which write to `options`.
void AddProblemFlags(CLI::App& verb, Options& options);

// Adds the arguments and flags of `validate` that no other verb has. The verb
// must have --config already.
void AddValidateFlags(CLI::App& verb, Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PROBLEM_FLAGS_H_
