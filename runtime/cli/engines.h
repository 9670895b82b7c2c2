// Creates the engines of a run as they were chosen.
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

// Returns how many builds may run at the same time: the user's number, else as
// many as there are, at most 4. Each platform of an image is a build.
int JobsFor(const Options& options, const Planned& planned);

// Returns an engine that builds each image with its builder, and writes the
// notes of the choice to `console`. `planned`, `console` and `inventory`, which
// records what builds create in the cluster, must outlive the engine.
absl::StatusOr<std::unique_ptr<build::Engine>> MakeEngine(
    const Options& options, const Planned& planned, Console& console,
    build::Inventory& inventory);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_ENGINES_H_
