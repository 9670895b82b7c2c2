// The program: parses the command line, runs the verb, returns the exit code.
#ifndef OVENBIRD_RUNTIME_CLI_MAIN_H_
#define OVENBIRD_RUNTIME_CLI_MAIN_H_

#include <string>
#include <vector>

namespace ovenbird::cli {

// Runs the program and returns its exit code. `verb` is put before the
// arguments (//tools:build is `ovenbird build`); empty: the first argument is
// the verb. Relative paths mean the user's working directory, also under `bazel
// run`.
int Main(int argc, char** argv, const std::string& verb);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_MAIN_H_
