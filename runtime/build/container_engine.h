// Engine `local`: the build pod's kaniko container on this machine's container
// runtime, without a cluster.
#ifndef OVENBIRD_RUNTIME_BUILD_CONTAINER_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_CONTAINER_ENGINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/build/engine.h"
#include "runtime/build/local/container.h"
#include "runtime/build/local/executor.h"

namespace ovenbird::build {

// Options of engine `local`.
struct ContainerEngineOptions {
  // The objects that it points to must outlive the engine.
  ExecutorSources executors;
  // Not empty: the image is kept in this file instead of being pushed.
  std::string output_tar;
};

// Engine `local`.
class ContainerEngine : public Engine {
 public:
  explicit ContainerEngine(ContainerEngineOptions options)
      : options_(std::move(options)) {}
  absl::string_view NameFor(const ImagePlan&) const override { return "local"; }
  Outcome Build(const ImagePlan& image, Observer& observer,
                Cancellation& cancel) override;

 private:
  const ContainerEngineOptions options_;
};

// Returns the kaniko container of the plan's pod. kFailedPrecondition if the
// pod mounts Secrets or ConfigMaps of the user, which only a cluster has.
absl::StatusOr<ContainerSpec> LocalContainer(const ImagePlan& plan);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CONTAINER_ENGINE_H_
