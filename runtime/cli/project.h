// A project as a verb sees it: its config is loaded, its problems are shown.
#ifndef OVENBIRD_RUNTIME_CLI_PROJECT_H_
#define OVENBIRD_RUNTIME_CLI_PROJECT_H_

#include <memory>
#include <optional>
#include <string>

#include "runtime/cli/options.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::cli {

// Shows what `problems` holds in the format that the user asked for: on
// standard error, those for programs on standard output. With --strict
// warnings count as errors. True when there are none.
bool ShowProblems(const diag::Collector& problems, const Options& options);

// Is standard error a terminal on which lines can be written over?
bool HasTerminal();

// "ovenbird: TEXT" on standard error.
void ShowError(absl::string_view text);

// The config of --config, or the nearest devspace.yaml. Null (and `exit_code`
// is set, everything is shown) when it can't be read; problems of its content
// are left in `problems`.
std::unique_ptr<config::Loaded> OpenProject(const Options& options,
                                            diag::Collector& problems,
                                            int& exit_code);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PROJECT_H_
