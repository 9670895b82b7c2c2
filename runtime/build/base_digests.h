// What the images that Dockerfiles start from are at the moment: their tags may
// have moved since the last build.
#ifndef OVENBIRD_RUNTIME_BUILD_BASE_DIGESTS_H_
#define OVENBIRD_RUNTIME_BUILD_BASE_DIGESTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"
#include "runtime/plan/plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

// Returns whether the build uses the base image that the registry has now.
// Docker without `--pull` uses the local one.
bool TakesWhatRegistryHas(const plan::ImagePlan& image);

// Asks registries for the digests of base images. Thread-safe.
class BaseDigests {
 public:
  // Starts asking in the background: a HEAD request for each distinct image
  // that this run does not build, several at a time. (Registries that count
  // pulls do not count these.) `docker_config` may be null; it and `cancel`
  // must outlive this.
  BaseDigests(const plan::Plan& plan,
              const registry::DockerConfig* docker_config,
              Cancellation* cancel);
  // Cancels the running requests.
  ~BaseDigests();

  // Returns the digest that the registry, or the mirror that the build asks
  // first, has for the image; waits for the answer, but not longer than
  // `patience`. Errors: those of registry::Client; kDeadlineExceeded.
  absl::StatusOr<std::string> Get(const plan::ImagePlan& image,
                                  const plan::PlannedBase& base,
                                  absl::Duration patience);

 private:
  // Images to ask for until one is there, and whether their registry is
  // insecure.
  using Question = std::vector<std::pair<std::string, bool>>;
  static Question QuestionOf(const plan::ImagePlan& image,
                             const plan::PlannedBase& base);
  void Work();
  absl::StatusOr<std::string> Ask(const Question& question);
  absl::StatusOr<std::string> AskAt(const std::string& place, bool insecure);

  const registry::DockerConfig* const docker_config_;
  Cancellation cancel_;
  std::vector<Question> questions_;  // does not change while threads run
  Mutex mutex_;
  CondVar changed_;
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<Question, absl::StatusOr<std::string>> answers_
      ABSL_GUARDED_BY(mutex_);
  // Registries that were not reached: each is waited for once.
  std::map<std::string, absl::Status> unreachable_ ABSL_GUARDED_BY(mutex_);
  std::vector<Thread> threads_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_BASE_DIGESTS_H_
