// Containers by a program that speaks docker's command line: docker, podman.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_CLI_RUNTIME_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_CLI_RUNTIME_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/local/runtime.h"

namespace ovenbird::build {

// Returns docker if a daemon answers. kNotFound: not installed; kUnavailable:
// no daemon answers.
absl::StatusOr<std::unique_ptr<ContainerRuntime>> FindDocker(
    Cancellation* cancel);
// Returns podman if it works. Errors as for FindDocker.
absl::StatusOr<std::unique_ptr<ContainerRuntime>> FindPodman(
    Cancellation* cancel);

// Returns the arguments of `docker create`. The container's own folders are
// volumes that are filled by `docker cp`, so that the daemon may be on another
// machine or see other files than this process. `extra` comes before the image.
std::vector<std::string> CreateArguments(const ContainerSpec& spec,
                                         const std::string& image,
                                         const std::vector<std::string>& extra);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_CLI_RUNTIME_H_
