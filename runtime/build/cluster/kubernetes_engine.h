// Engine `kubernetes`: a pod with kaniko for each image.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_KUBERNETES_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_KUBERNETES_ENGINE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"
#include "runtime/base/steady_time.h"
#include "runtime/build/cluster/background_cleanup.h"
#include "runtime/build/cluster/cluster_objects.h"
#include "runtime/build/cluster/context_transfer.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/cluster/namespace_watch.h"
#include "runtime/build/cluster/node_platforms.h"
#include "runtime/build/cluster/pod_build.h"
#include "runtime/build/engine.h"
#include "runtime/build/login_refresh.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {

// Options of engine `kubernetes`.
struct KubernetesEngineOptions {
  PodPatience patience;
  Owner owner;
  // A node of the platform may be missing, because an autoscaler adds it.
  bool waits_for_nodes = false;
  // How often to build again after a disruption (see Failure).
  int retries = 1;
  // For every object, in addition to the owner's.
  std::vector<std::pair<std::string, std::string>> annotations;
  // Contexts in registries, for builds whose config asks for it.
  ContextTransferOptions transfer;
  // Credentials expire while a build runs. Not set: the pod keeps those that it
  // was made with.
  LoginSource login;
  absl::Duration login_interval = kLoginRefreshInterval;
};

// Creates Secret and pod, sends the context, follows the log and reads the
// digest; then deletes exactly the objects that it created, by name and UID,
// whatever happened.
class KubernetesEngine : public Engine {
 public:
  // `inventory` knows at any time what is in the cluster; it must outlive the
  // engine.
  KubernetesEngine(std::unique_ptr<kube::Client> client, Inventory& inventory,
                   KubernetesEngineOptions options);
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "kubernetes";
  }
  // Returns a failure if no node has the platform that the pod needs.
  std::optional<Failure> CheckBefore(const plan::ImagePlan& plan,
                                     Cancellation& cancel) override;
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;

 private:
  std::string NamespaceOf(const plan::ImagePlan& plan) const;
  // Sets the key of the pull secret in `spec`, if the plan has a pull secret.
  std::optional<Failure> FindPullSecret(const plan::ImagePlan& plan,
                                        Observer& observer,
                                        Cancellation& cancel,
                                        kube::BuildSpec& spec);
  // Replaces the credentials of a spec that is about to be built by the current
  // ones; they stay if those cannot be had.
  void RefreshLogin(const plan::ImagePlan& plan, kube::BuildSpec& spec,
                    Cancellation& cancel) const;
  // Creates the objects and follows the build in its pod; does not delete them.
  PodBuildEnd CreateAndFollow(const plan::ImagePlan& plan,
                              const kube::BuildSpec& spec, Observer& observer,
                              Cancellation& cancel, ContextTransfer& transfer,
                              ClusterObjects& objects);
  // Builds in one pod.
  PodBuildEnd BuildOnce(const plan::ImagePlan& plan, kube::BuildSpec spec,
                        Observer& observer, Cancellation& cancel,
                        ContextTransfer& transfer);
  // Keeps the credentials in the Secret of a build valid; null: it has none, or
  // not ours.
  std::unique_ptr<LoginRefresh> StartLoginRefresh(const plan::ImagePlan& plan,
                                                  const kube::BuildSpec& spec,
                                                  ClusterObjects& objects,
                                                  Cancellation& cancel) const;
  void Annotate(kube::Manifest& manifest, absl::Duration lifetime) const;
  // Returns what is known of the nodes, which it lists once.
  ClusterNodes Nodes(Cancellation& cancel);
  // The next builds of this run do not try image volumes again.
  void NoteNoImageVolumes(const std::string& why);
  std::shared_ptr<NamespaceWatch> WatchOf(const std::string& name_space);

  std::unique_ptr<kube::Client> client_;
  Inventory& inventory_;
  const KubernetesEngineOptions options_;
  // About when the credentials of the plans were asked for.
  const absl::Time start_ = SteadyNow();
  // Tells the pods of this run from those of others.
  const std::string run_id_;
  BackgroundCleanup cleanup_;
  Mutex mutex_;
  // Of this run's first build that needed them.
  std::optional<ClusterNodes> nodes_ ABSL_GUARDED_BY(mutex_);
  // By namespace.
  std::map<std::string, std::shared_ptr<NamespaceWatch>> watches_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_KUBERNETES_ENGINE_H_
