// The engines of a run, made as it was chosen.
#ifndef OVENBIRD_RUNTIME_CLI_ENGINES_H_
#define OVENBIRD_RUNTIME_CLI_ENGINES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/engine.h"
#include "runtime/cli/console.h"
#include "runtime/cli/options.h"
#include "runtime/cli/planning.h"

namespace ovenbird::cli {

// Tells which they are. `planned`, `console` and `inventory`, which knows what
// is in the cluster, must outlive the engine.
absl::StatusOr<std::unique_ptr<build::Engine>> MakeEngine(
    const Options& options, const Planned& planned, Console& console,
    build::Inventory& inventory);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_ENGINES_H_
