// Runs the container of a build on this machine, without a cluster: on docker,
// podman or plain runc, whichever answers first.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_ENGINE_H_

#include "absl/status/statusor.h"
#include "runtime/build/local/container.h"
#include "runtime/build/local/run.h"

namespace ovenbird::build {

// Blocks until the container has ended; a failed build is a result with its
// exit code. Errors: kCancelled; kFailedPrecondition and kUnavailable (no
// runtime, no executor: the text says what to do); those of `context` as they
// are. Whatever way it ends, container and temporary files are gone.
absl::StatusOr<ContainerResult> RunLocally(const LocalRun& run);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_ENGINE_H_
