// The results of a run, for users and for programs.
#ifndef OVENBIRD_RUNTIME_CLI_RESULTS_H_
#define OVENBIRD_RUNTIME_CLI_RESULTS_H_

#include <ostream>
#include <string>

#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/cli/options.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {

// Writes a line to `out` for each tag of an image that was built or is
// unchanged, and warnings and failures to `err`. A line begins with a reference
// with the digest, or is the path of the tar file; `only_names`: it has nothing
// else.
void ShowResults(const build::RunResult& result, bool only_names,
                 std::ostream& out, std::ostream& err);

// Writes the warnings and failures to `err`, a part of the above.
void ShowFailures(const build::RunResult& result, std::ostream& err);

// Shows the diagnostics of failures in the format of --diagnostics. Shows
// nothing if there are none.
void ShowDiagnostics(const build::RunResult& result, const Options& options);

// Replaces the passwords in warnings, failures and phases.
void HidePasswords(const report::Mask& mask, build::RunResult& result);

// Returns the failure of a run that ended before anything was built. `error`:
// what was shown; empty: problems of the user's files.
build::Failure WhyNothingWasBuilt(int exit_code, const std::string& error);

// Writes the JSON for --result if `path` is not empty, to `out` if it is "-".
// Returns the exit code: 3 if only the file cannot be written.
int Finish(const build::RunResult& result, const std::string& path,
           std::ostream& out, std::ostream& err);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_RESULTS_H_
