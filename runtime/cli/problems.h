// Shows the problems of the user's files, as the flags of the verb want it.
#ifndef OVENBIRD_RUNTIME_CLI_PROBLEMS_H_
#define OVENBIRD_RUNTIME_CLI_PROBLEMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/cli/options.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/problems/select.h"

namespace ovenbird::cli {

// Returns the problems that are to be shown, by file and place, with their
// severities by --rule and --strict; those that comments in `files` or
// --baseline hide are left out.
std::vector<diag::Diagnostic> SelectProblems(
    const diag::Collector& found,
    const std::vector<problems::CheckedFile>& files, const Options& options);

// Prints the problems in the format of --diagnostics: people's formats on
// standard error, programs' formats on standard output for `validate`, else on
// standard error. `files`: the names of all files that were checked.
void PrintProblems(const std::vector<diag::Diagnostic>& selected,
                   const std::vector<std::string>& files,
                   const Options& options);

// Selects and prints the problems of a project (null: none could be read).
// Returns whether there are no errors.
bool ShowProblems(const diag::Collector& found, const config::Loaded* project,
                  const Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PROBLEMS_H_
