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

// Blocks until the container has ended; a failed build is a result with its
// exit code. Errors: kCancelled; kFailedPrecondition and kUnavailable (no
// runtime, no executor: the text says what to do); those of `context` as they
// are. Whatever way it ends, container and temporary files are gone.
absl::StatusOr<ContainerResult> RunLocally(const LocalRun& run);

// Returns the name of the executor that RunLocally takes for `image`: usually
// that one, and where no registry is reachable, the one that is built from
// source. Looks at the machine and at the registry, changes nothing.
std::string LocalExecutorName(const std::string& image,
                              const ExecutorSources& sources,
                              Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_RUN_LOCALLY_H_
