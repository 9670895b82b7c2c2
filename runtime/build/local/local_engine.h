// Engine `local`: the build pod's kaniko container on this machine's container
// runtime, without a cluster.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_ENGINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/base/steady_time.h"
#include "runtime/build/engine.h"
#include "runtime/build/local/container_spec.h"
#include "runtime/build/local/executor.h"
#include "runtime/build/local/local_run.h"
#include "runtime/build/login_refresh.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// Options of engine `local`.
struct LocalEngineOptions {
  // The objects that it points to must outlive the engine.
  ExecutorSources executors;
  // Not empty: the image is kept in this file instead of being pushed.
  std::string output_tar;
  // Credentials expire while a build runs. Not set: they are not renewed.
  LoginSource login;
};

// Engine `local`.
class LocalEngine : public Engine {
 public:
  explicit LocalEngine(LocalEngineOptions options)
      : options_(std::move(options)) {}
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "local";
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;

 private:
  // What is run for a plan, without what follows the run.
  absl::StatusOr<LocalRun> RunOf(const plan::ImagePlan& plan,
                                 Cancellation& cancel) const;

  const LocalEngineOptions options_;
  // About when the credentials of the plans were asked for.
  const absl::Time start_ = SteadyNow();
};

// Returns the kaniko container of the build's pod. kFailedPrecondition if the
// pod mounts Secrets or ConfigMaps of the user, which only a cluster has.
absl::StatusOr<ContainerSpec> LocalContainer(const kube::BuildSpec& spec);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_ENGINE_H_
