// One build in its pod, from the pod's creation to its end: the pod's stages,
// the context, the log, kaniko's result.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_BUILD_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_BUILD_H_

#include <string>

#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/engine.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// How long a pod may be in trouble that may pass.
struct PodPatience {
  // Unschedulable: an autoscaler may make room.
  absl::Duration unschedulable = absl::Minutes(5);
  // An image fails to be pulled or a container to be started; kubelets try
  // again after 10 and after 20 seconds more.
  absl::Duration start = absl::Seconds(40);
  // The node is silent after the cluster has called it lost: a kubelet may be
  // about to start again.
  absl::Duration node_lost = absl::Minutes(1);
};

// All references outlive the build.
struct PodBuildRequest {
  kube::Client& client;
  const plan::ImagePlan& plan;
  Observer& observer;
  Cancellation& cancel;
  PodPatience patience;
  std::string name_space;
  std::string pod;
};

struct PodBuildEnd {
  Outcome outcome;
  // No container of the pod runs or will run.
  bool pod_has_ended = false;
};

// The pod exists. `watch` is older than it. Deletes nothing.
PodBuildEnd BuildInPod(const PodBuildRequest& request, PodWatch& watch);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_BUILD_H_
