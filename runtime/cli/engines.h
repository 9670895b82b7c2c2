// Which engine builds.
#ifndef OVENBIRD_RUNTIME_CLI_ENGINES_H_
#define OVENBIRD_RUNTIME_CLI_ENGINES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "runtime/build/engine.h"
#include "runtime/build/inventory.h"
#include "runtime/cli/console.h"
#include "runtime/cli/options.h"
#include "runtime/cli/planning.h"

namespace ovenbird::cli {

// The engine that the user asked for; for `auto` the cluster's when a kube
// context is configured, else the local one; says which. `planned` and
// `inventory`, which knows what is in the cluster, must outlive the engine.
absl::StatusOr<std::unique_ptr<build::Engine>> MakeEngine(
    const Options& options, const Planned& planned, Console& console,
    build::Inventory& inventory);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_ENGINES_H_
