// A way to run a container on this machine.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_RUNTIME_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_RUNTIME_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/build/local/container_spec.h"
#include "runtime/build/local/executor.h"
#include "runtime/build/local/local_run.h"

namespace ovenbird::build {

// Runs containers with one program: docker, podman or runc.
class ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;
  // Returns the name with the version: "runc 1.1.5".
  virtual std::string Name() const = 0;
  // Returns the name of the executor that Run would use.
  virtual std::string NameOfExecutor(const ExecutorRequest& request) = 0;
  // Runs a container, as RunLocally. `executor` describes the executor that
  // `run` needs. kFailedPrecondition: this runtime cannot start containers
  // here, and nothing of the build has happened.
  virtual absl::StatusOr<ContainerResult> Run(
      const LocalRun& run, const ExecutorRequest& executor) = 0;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_RUNTIME_H_
