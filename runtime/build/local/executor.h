// Where the local engine gets the executor from: its image from a registry, or,
// where that registry is unreachable, the executor built from source.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_EXECUTOR_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_EXECUTOR_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/build/timeline.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {

// The registries that answered in this run: each is waited for once.
// Thread-safe.
class ReachedRegistries {
 public:
  // Returns the result of `ask` for this domain; calls it the first time only.
  absl::Status Reach(const std::string& domain,
                     const std::function<absl::Status()>& ask);

 private:
  struct Answer {
    Mutex mutex;
    std::optional<absl::Status> status ABSL_GUARDED_BY(mutex);
  };

  Mutex mutex_;
  // By domain. A map, because its elements stay where they are.
  std::map<std::string, Answer> answers_ ABSL_GUARDED_BY(mutex_);
};

// What a run needs to get executors.
struct ExecutorSources {
  // The registry may want a password; null: none.
  const registry::DockerConfig* docker_config = nullptr;
  // Program that builds an executor from source: prints the folder that
  // contains rootfs/, image.json, image.tar and name as its last line
  // (third_party/kaniko/build.sh). Empty: none.
  std::string builder;
  // Null: registries are asked each time.
  ReachedRegistries* reached = nullptr;
};

// Receives the phases of a build.
using OnPhase = std::function<void(const Phase&)>;

// Calls `on_phase` unless it is empty.
inline void EnterPhase(const OnPhase& on_phase, PhaseKind kind,
                       absl::string_view text = "") {
  if (!on_phase) return;
  Phase phase;
  phase.kind = kind;
  phase.text = std::string(text);
  on_phase(phase);
}

// An executor to find, and where to look for it.
struct ExecutorRequest {
  std::string image;  // "ghcr.io/osscontainertools/kaniko:v1.28.3"
  // The executor that the Dockerfile was rewritten for (ExecutorName): no other
  // one may build it. Empty: any.
  std::string planned;
  ExecutorSources sources;
  std::string cache;  // folder
  std::function<void(absl::string_view)> on_step;
  // Receives the phase that begins; may be empty.
  OnPhase on_phase{};
  Cancellation* cancel = nullptr;
};

// An image on disk (runtime/registry/image.h).
struct ExecutorImage {
  std::string folder;  // rootfs/, image.json; read-only, shared
  std::string name;    // what it really is: the requested image, or another one
};

// Returns, in this order: what was pulled before (as imagePullPolicy:
// IfNotPresent has it), what the registry has, what BuildExecutor returns. Only
// a registry that is unreachable leads to the last one: all other errors, also
// those of an image that is broken, are returned as they are.
absl::StatusOr<ExecutorImage> GetExecutor(const ExecutorRequest& request);

// Returns the name of the executor that GetExecutor returns. Builds and pulls
// nothing. Returns the requested name if it cannot be known before.
std::string ExecutorName(const ExecutorRequest& request);

// Returns the name of what BuildExecutor builds; the requested name when
// nothing can be built here.
std::string NameOfBuilt(const ExecutorRequest& request);

// Returns kFailedPrecondition when another executor was planned for.
absl::Status CheckPlanned(const ExecutorRequest& request,
                          absl::string_view name);

// Connects to the image's registry; the error is one of registry::Client.
absl::Status ReachRegistry(const ExecutorRequest& request);
// Returns whether ReachRegistry failed because of the network.
bool IsUnreachable(const absl::Status& status);

// Builds the executor from source, or finds what an earlier call built, and
// says which one is used instead of which; `why` is the error of ReachRegistry.
// kUnavailable: it cannot be built here. The folder also holds image.tar, which
// docker and podman load.
absl::StatusOr<ExecutorImage> BuildExecutor(const ExecutorRequest& request,
                                            const absl::Status& why);

// Returns the builder's arguments: for exactly this executor if the Go module
// registry has it, else for the nearest one that it has.
std::vector<std::string> BuilderArguments(const registry::Reference& image);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_EXECUTOR_H_
