// Engine `local`: the build pod's kaniko container on this machine's container
// runtime, without a cluster.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_ENGINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/build/engine.h"
#include "runtime/build/local/container_spec.h"
#include "runtime/build/local/executor.h"

namespace ovenbird::build {

struct LocalEngineOptions {
  // What it points to must outlive the engine.
  ExecutorSources executors;
  // Not empty: the image is kept there instead of being pushed.
  std::string output_tar;
};

class LocalEngine : public Engine {
 public:
  explicit LocalEngine(LocalEngineOptions options)
      : options_(std::move(options)) {}
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "local";
  }
  Outcome Build(const plan::ImagePlan& image, Observer& observer,
                Cancellation& cancel) override;

 private:
  const LocalEngineOptions options_;
};

// The kaniko container of the plan's pod. kFailedPrecondition when the pod
// mounts what only a cluster has (Secrets and ConfigMaps of the user).
absl::StatusOr<ContainerSpec> LocalContainer(const plan::ImagePlan& plan);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_ENGINE_H_
