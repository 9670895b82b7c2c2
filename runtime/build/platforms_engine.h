// Around the engines: an image for several platforms is a build for each of
// them, and then an index that the image's tags name.
#ifndef OVENBIRD_RUNTIME_BUILD_PLATFORMS_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_PLATFORMS_ENGINE_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/build/engine.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

// Builds the platforms of an image simultaneously with another engine, and
// pushes their index from this machine. The tags move only when all platforms
// are built and pushed. Passes all other images on.
class PlatformsEngine : public Engine {
 public:
  // At most `jobs` builds run at the same time: an image for several platforms
  // has as many builds as platforms. `docker_config` has the credentials for
  // the index, and must outlive this.
  PlatformsEngine(std::unique_ptr<Engine> engine, int jobs,
                  const registry::DockerConfig* docker_config)
      : engine_(std::move(engine)),
        docker_config_(docker_config),
        free_jobs_(jobs) {}
  absl::string_view NameFor(const plan::ImagePlan& plan) const override {
    return engine_->NameFor(plan);
  }
  std::optional<Failure> CheckBefore(const plan::ImagePlan& plan,
                                     Cancellation& cancel) override;
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;

 private:
  // Builds an image for one platform when fewer than `jobs` builds run.
  Outcome BuildOne(const plan::ImagePlan& plan, Observer& observer,
                   Cancellation& cancel);
  // Returns the outcomes in the order of the platforms.
  std::vector<Outcome> BuildAll(const plan::ImagePlan& plan, Observer& observer,
                                Cancellation& cancel);
  // Pushes the index of the built images and sets the digest of `outcome`.
  void PushIndex(const plan::ImagePlan& plan, Observer& observer,
                 Cancellation& cancel, Outcome& outcome) const;

  const std::unique_ptr<Engine> engine_;
  const registry::DockerConfig* const docker_config_;
  Mutex mutex_;
  CondVar changed_;
  int free_jobs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_PLATFORMS_ENGINE_H_
