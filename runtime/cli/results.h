// What came of a run, for people and for programs.
#ifndef OVENBIRD_RUNTIME_CLI_RESULTS_H_
#define OVENBIRD_RUNTIME_CLI_RESULTS_H_

#include <ostream>
#include <string>

#include "runtime/build/result.h"

namespace ovenbird::cli {

// To `out` a line per image that there is now, with its digest; to `err` the
// warnings, and why there is no image.
void ShowResults(const build::RunResult& result, std::ostream& out,
                 std::ostream& err);

// Writes the JSON for --result, when `path` is not empty, and returns the
// exit code.
int Finish(const build::RunResult& result, const std::string& path,
           std::ostream& err);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_RESULTS_H_
