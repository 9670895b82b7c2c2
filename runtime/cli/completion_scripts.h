// The scripts that connect shells with the program, which knows what to offer.
#ifndef OVENBIRD_RUNTIME_CLI_COMPLETION_SCRIPTS_H_
#define OVENBIRD_RUNTIME_CLI_COMPLETION_SCRIPTS_H_

#include "absl/strings/string_view.h"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Returns the script of a shell.
absl::string_view CompletionScript(Shell shell);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_COMPLETION_SCRIPTS_H_
