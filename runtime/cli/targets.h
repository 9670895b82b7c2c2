// Which configs a command line names: files, folders, standard input.
#ifndef OVENBIRD_RUNTIME_CLI_TARGETS_H_
#define OVENBIRD_RUNTIME_CLI_TARGETS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// One config to check.
struct Target {
  std::string path;                 // also the name in messages
  std::optional<std::string> text;  // of standard input
  absl::Status problem;             // a folder without a config
};

// Returns the path that --config gives, for a folder that of its devspace.yaml;
// empty without the flag.
std::string GivenConfig(const Options& options);

// Returns the configs that `validate` checks, in the order of the command line,
// each once: for a folder all that are below it, for `-` the text of standard
// input under the name of --stdin-filename. Without any: --config, or the
// nearest devspace.yaml. Files are not opened. A folder without a config has a
// `problem`. Errors: kNotFound if the folders above this one have no config.
absl::StatusOr<std::vector<Target>> FindTargets(const Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_TARGETS_H_
