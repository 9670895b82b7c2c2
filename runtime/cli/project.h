// A project as a verb sees it: loads its config, shows its problems.
#ifndef OVENBIRD_RUNTIME_CLI_PROJECT_H_
#define OVENBIRD_RUNTIME_CLI_PROJECT_H_

#include <memory>
#include <optional>
#include <string>

#include "runtime/cli/options.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::cli {

// Shows the problems in the format of --diagnostics: people's formats on
// standard error, programs' formats on standard output for `validate`, else on
// standard error. Returns whether there are no errors; with --strict warnings
// are errors.
bool ShowProblems(const diag::Collector& problems, const Options& options);

// Returns whether standard error is a terminal on which lines can be
// overwritten.
bool HasTerminal();

// Writes "ovenbird: TEXT" to standard error.
void ShowError(absl::string_view text);

// Loads the config of --config, or the nearest devspace.yaml. Returns null,
// with `exit_code` set and everything shown, if it cannot be parsed; leaves
// problems of its content in `problems`.
std::unique_ptr<config::Loaded> OpenProject(const Options& options,
                                            diag::Collector& problems,
                                            int& exit_code);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PROJECT_H_
