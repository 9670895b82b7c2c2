// Runs the container of a build on this machine, without a cluster: on docker,
// podman or plain runc, whichever answers first.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_RUN_LOCALLY_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_RUN_LOCALLY_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/local/container_spec.h"
#include "runtime/build/local/executor.h"
#include "runtime/build/local/local_run.h"

namespace ovenbird::build {

// Runs the container and blocks until it has ended; a failed build is a result
// with its exit code. Errors: kCancelled; kFailedPrecondition and kUnavailable
// (no runtime, no executor: the message says what to do); those of
// `open_context` as they are. Container and temporary files are deleted in any
// case.
absl::StatusOr<ContainerResult> RunLocally(const LocalRun& run);

// Returns the name of the runtime that RunLocally tries first, "runc 1.1.5".
// kFailedPrecondition: none works; the message says why, and what to install.
absl::StatusOr<std::string> FindLocalRuntime(Cancellation* cancel);

// Returns the name of the executor that RunLocally uses for `image`: usually
// that one, or the one that is built from source if no registry is reachable.
// Looks at the machine and at the registry, changes nothing.
std::string LocalExecutorName(const std::string& image,
                              const ExecutorSources& sources,
                              Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_RUN_LOCALLY_H_
