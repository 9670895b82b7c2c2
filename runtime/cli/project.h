// A project as a verb sees it: loads its config, shows its problems.
#ifndef OVENBIRD_RUNTIME_CLI_PROJECT_H_
#define OVENBIRD_RUNTIME_CLI_PROJECT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/cli/options.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/check_project.h"

namespace ovenbird::cli {

// Returns whether standard error is a terminal on which lines can be
// overwritten.
bool HasTerminal();

// Writes "ovenbird: TEXT" to standard error.
void ShowError(absl::string_view text);

// Writes a note to standard error: not an error.
void ShowNote(absl::string_view text);

// Returns for what --engine and --executor ask to check a project.
plan::ProjectCheck ProjectCheckOf(const Options& options);

// Loads the config at `path`, or `text` in its place, with the variables and
// the profile of the flags. Reports problems of its content to `problems`; the
// result has no `root` if it cannot be parsed. A FileError if it cannot be
// read.
absl::StatusOr<std::unique_ptr<config::Loaded>> LoadProject(
    const Options& options, const std::string& path,
    const std::optional<std::string>& text, diag::Sink& problems);

// Loads the config of --config, or the nearest devspace.yaml, and applies the
// flags that take the place of its options. Returns null,
// with `exit_code` set and everything shown, if it cannot be read or parsed;
// leaves problems of its content in `problems`.
std::unique_ptr<config::Loaded> OpenProject(const Options& options,
                                            diag::Collector& problems,
                                            int& exit_code);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PROJECT_H_
