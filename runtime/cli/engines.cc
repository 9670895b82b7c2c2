#include "runtime/cli/engines.h"

#include <memory>

#include "absl/status/status.h"

namespace ovenbird::cli {

absl::StatusOr<std::unique_ptr<build::Engine>> MakeEngine(
    const Options& /*options*/, const Planned& /*planned*/,
    Console& /*console*/) {
  return absl::FailedPreconditionError("no engine is built in");
}

}  // namespace ovenbird::cli
