// Engine `kubernetes`: a pod with kaniko for each image.
#ifndef OVENBIRD_RUNTIME_BUILD_KUBERNETES_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_KUBERNETES_ENGINE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "runtime/build/background_cleanup.h"
#include "runtime/build/engine.h"
#include "runtime/build/inventory.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {

struct KubernetesEngineOptions {
  // How long a pod may stay unschedulable: an autoscaler may make room.
  absl::Duration schedule_timeout = absl::Minutes(5);
  // How long an image may fail to be pulled for a reason that may pass;
  // kubelets try again after 10 and after 20 seconds more.
  absl::Duration pull_timeout = absl::Seconds(40);
  Owner owner;
  // On every object, beside the owner's.
  std::vector<std::pair<std::string, std::string>> annotations;
  // Knows at any time what is in the cluster; must outlive the engine.
  Inventory* inventory = nullptr;  // never null
};

// Secret, pod, context, log, digest; then exactly what was made is deleted, by
// name and UID, whatever happened.
class KubernetesEngine : public Engine {
 public:
  KubernetesEngine(std::unique_ptr<kube::Client> client,
                   KubernetesEngineOptions options)
      : client_(std::move(client)),
        options_(std::move(options)),
        cleanup_(*client_, options_.owner) {}
  absl::string_view name() const override { return "kubernetes"; }
  Outcome Build(const ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;

 private:
  void Annotate(kube::Manifest& manifest, absl::Duration lifetime) const;

  std::unique_ptr<kube::Client> client_;
  const KubernetesEngineOptions options_;
  BackgroundCleanup cleanup_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_KUBERNETES_ENGINE_H_
