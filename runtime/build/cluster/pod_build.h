// One build in its pod, from the pod's creation to its end: the pod's stages,
// the context, the log, kaniko's result.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_BUILD_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_BUILD_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/engine.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// How long to wait when a pod has a problem that may pass.
struct PodPatience {
  // Without a node: an autoscaler may make room.
  absl::Duration unschedulable = absl::Minutes(5);
  // No scheduler has looked at the pod: before that is printed, and at the
  // least before the build gives up, for schedulers of large clusters are busy.
  absl::Duration unseen = absl::Seconds(10);
  // An image fails to be pulled or a container to be started; kubelets try
  // again after 10 and after 20 seconds more.
  absl::Duration start = absl::Seconds(40);
  // Volumes, the sandbox with the network, or the container runtime: a cluster
  // takes a volume away from a node that is lost after 6 minutes, and kubelets
  // try again every 2 minutes at least.
  absl::Duration slow_start = absl::Minutes(10);
  // A node has the pod and starts no container, and the user may not read the
  // events that say why: before that is printed.
  absl::Duration unexplained = absl::Minutes(1);
  // A node does not take the pod: before a new pod is created.
  absl::Duration rejected = absl::Seconds(1);
  // The cluster reports the node as lost: its kubelet may be about to restart.
  absl::Duration node_lost = absl::Minutes(1);
  // The API server answers, but does not reach the node's kubelet.
  absl::Duration kubelet_away = absl::Minutes(2);
  // The connection that sends the context breaks: before the second attempt;
  // before the third one twice as long.
  absl::Duration resend = absl::Seconds(1);
  // After the last attempt: the pod's own end explains more than the
  // connection's.
  absl::Duration last_words = absl::Seconds(5);
};

// A build in a pod. All references outlive the build.
struct PodBuildRequest {
  kube::Client& client;
  const plan::ImagePlan& plan;
  Observer& observer;
  Cancellation& cancel;
  PodPatience patience;
  std::string name_space;
  std::string pod;
  // The pod runs or mounts an image with the context: without it, another pod
  // may build.
  bool has_context_image = false;
  // It mounts that image.
  bool mounts_context = false;
  // Called each time that the pod has got its context; may be empty.
  std::function<void()> on_context_sent{};
};

// The end of a build in a pod.
struct PodBuildEnd {
  Outcome outcome;
  // No container of the pod runs or will run.
  bool pod_has_ended = false;
  // The node did not take the pod. Nothing has run; another pod may be taken.
  bool was_rejected = false;
  // The pod was disrupted (see Failure), and kaniko had not begun to push.
  bool was_disrupted = false;
  // The pod did not get the image with the context: the image did not start, or
  // kaniko saw an empty volume. Nothing has been built.
  bool lacks_context_image = false;
};

// Follows the existing pod until its build has ended: sends the context and
// reads the log. `watch` must have been created before the pod. Deletes
// nothing.
PodBuildEnd BuildInPod(const PodBuildRequest& request, PodWatch& watch);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_BUILD_H_
