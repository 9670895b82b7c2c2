// Flags that take the place of options of the config.
#ifndef OVENBIRD_RUNTIME_CLI_OVERRIDES_H_
#define OVENBIRD_RUNTIME_CLI_OVERRIDES_H_

#include "runtime/cli/options.h"
#include "runtime/config/config.h"

namespace ovenbird::cli {

// Applies --build-arg, --target and --no-cache to the selected images of
// `config`, but for those that a command of the user's builds: only it knows
// what they mean.
void ApplyFlags(const Options& options, config::Config& config);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_OVERRIDES_H_
