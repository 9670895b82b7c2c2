// Where the local engine gets the executor from: its image from a registry, or,
// where none is in reach, the executor built from source.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_EXECUTOR_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_EXECUTOR_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {

struct ExecutorRequest {
  std::string image;  // "ghcr.io/osscontainertools/kaniko:v1.28.3"
  const registry::DockerConfig* docker_config = nullptr;  // may be null
  std::string builder;  // third_party/kaniko/build.sh; may be empty
  std::string cache;    // folder
  std::function<void(absl::string_view)> on_step;
  Cancellation* cancel = nullptr;
};

// An image on the disk (runtime/registry/image.h).
struct ExecutorImage {
  std::string folder;  // rootfs/, image.json; read-only, shared
  std::string name;    // of what it is: the image asked for, or another
};

// In this order: what was pulled before (as imagePullPolicy: IfNotPresent has
// it), the registry, the build from source; says which one. kUnavailable: none
// of them is to be had; errors of a registry that answers (no such image, no
// right to it) are as they are.
absl::StatusOr<ExecutorImage> GetExecutor(const ExecutorRequest& request);

// Does the image's registry answer for it? Errors as those of
// registry::Client; IsOutOfReach tells the ones that a build from source helps
// with.
absl::Status CheckExecutorImage(const ExecutorRequest& request);
bool IsOutOfReach(const absl::Status& status);

// Builds it from source, or finds what an earlier call built; tells why.
// The folder also holds image.tar, which docker and podman load.
absl::StatusOr<ExecutorImage> BuildExecutor(const ExecutorRequest& request,
                                            const absl::Status& why);

// What the builder is run with, one set of arguments after the other until one
// succeeds: the executor of `image` where it can be built, then the builder's
// own choice.
std::vector<std::vector<std::string>> BuilderArguments(
    const registry::Reference& image);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_EXECUTOR_H_
