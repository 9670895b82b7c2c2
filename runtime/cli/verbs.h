// What each verb does. The result is the exit code: 0 good, 1 a build failed,
// 2 wrong config or usage, 3 environment, 130 interrupted.
#ifndef OVENBIRD_RUNTIME_CLI_VERBS_H_
#define OVENBIRD_RUNTIME_CLI_VERBS_H_

#include "runtime/cli/options.h"

namespace ovenbird::cli {

int Build(const Options& options);
int Render(const Options& options);
int Context(const Options& options);
int Validate(const Options& options);
int Explain(const Options& options);
int Cleanup(const Options& options);
int Version();

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_VERBS_H_
