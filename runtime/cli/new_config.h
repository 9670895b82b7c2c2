// Writes a config that a verb has made: `init`, `migrate`.
#ifndef OVENBIRD_RUNTIME_CLI_NEW_CONFIG_H_
#define OVENBIRD_RUNTIME_CLI_NEW_CONFIG_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Returns whether the file `path`, which may not exist, is in `folder`: paths
// in a config are relative to its own folder.
bool IsInFolder(const std::string& path, const std::string& folder);

// Returns whether the config is printed, not written.
bool IsPrinted(const Options& options);

// Returns whether the verb may write `path` (--force, or there is no such
// file). Shows an error if not; `advice` is appended to it.
bool MayWrite(const Options& options, const std::string& path,
              absl::string_view advice = "");

// Writes `yaml` to `path`, or to standard output with --dry-run and with
// `--output -`. Checks it as `validate` does, shows the problems, and then the
// next commands. Returns the exit code: 2 if the config has errors.
int WriteNewConfig(const Options& options, const std::string& path,
                   const std::string& yaml);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_NEW_CONFIG_H_
