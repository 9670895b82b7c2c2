// How the context of a build reaches its pod: as layers of an image in a
// registry where that is set up and possible, else by exec into the pod.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TRANSFER_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TRANSFER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/base/steady_time.h"
#include "runtime/base/thread.h"
#include "runtime/build/cluster/context_image.h"
#include "runtime/build/cluster/context_tag.h"
#include "runtime/build/cluster/node_platforms.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

// What contexts in a registry need, the same for all builds of a run.
struct ContextTransferOptions {
  // Whose contexts they are: each owner has tags of their own.
  ContextOwner owner;
  // The credentials of this machine.
  registry::DockerConfig logins;
  // Keeps what was pushed. Returns a folder that no other user can enter.
  std::function<absl::StatusOr<std::string>()> record_folder;
};

// The transfer of one build's context.
class ContextTransfer {
 public:
  // `plan`, `options`, `observer` and `cancel` must outlive this. `nodes` lists
  // the cluster's nodes, and may be slow.
  ContextTransfer(const plan::ImagePlan& plan,
                  const ContextTransferOptions& options, Observer& observer,
                  Cancellation& cancel, std::function<ClusterNodes()> nodes);
  // Stops a push in the background.
  ~ContextTransfer();
  ContextTransfer(const ContextTransfer&) = delete;
  ContextTransfer& operator=(const ContextTransfer&) = delete;

  // Pushes the context and sets `spec.context_image`, and `spec.mounts_context`
  // where all nodes mount images as volumes. Leaves the spec as it is if the
  // context is to be sent into the pod, and tells the observer why, unless the
  // config asks for it. If much would have to be pushed, that is left to
  // OnContextSent.
  void Prepare(kube::BuildSpec& spec);

  // Starts the push for the next build in the background, if Prepare left one.
  // Before, it would make the sending slower.
  void OnContextSent();

  // Lets the pod run the image with the context, because the node does not
  // mount it; returns to sending the context into the pod, if the node does not
  // pull it. `why` is the node's reason.
  void GiveUp(const std::string& why, kube::BuildSpec& spec);

  // Waits for the push in the background for a short time, or until a layer is
  // pushed, then stops it; the next one goes on from there. Reports how it
  // went.
  void Finish();

 private:
  // Returns where the context goes, or why it cannot go there.
  absl::StatusOr<ContextImageRequest> Request(const kube::BuildSpec& spec,
                                              Cancellation& cancel);
  // Returns the platforms that the pod may run on; empty: unknown.
  std::vector<Platform> PlatformsOf(const kube::BuildSpec& spec);
  absl::StatusOr<std::string> RecordPath(const std::string& tag);
  void SendInstead(const absl::Status& why);
  // Returns how long Finish waits.
  absl::Duration Allowance() const;

  const plan::ImagePlan& plan_;
  const ContextTransferOptions& options_;
  Observer& observer_;
  Cancellation& cancel_;
  const std::function<ClusterNodes()> nodes_;
  const absl::Time start_ = SteadyNow();
  // What OnContextSent pushes.
  std::optional<ContextImageRequest> later_;
  Cancellation stop_;  // of the thread
  // The thread's, until it has ended.
  absl::Status pushed_;
  size_t layers_done_ = 0;
  size_t layers_ = 0;
  Event pushed_one_;  // a layer; or the thread has ended
  Event ended_;
  Thread thread_;
};

// Returns whether the cluster rejects a pod for the volume that is the context:
// with ImageVolume switched off, an API server sees a volume without a source.
bool RejectsContextVolume(const Failure& failure,
                          const kube::Manifest& manifest);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TRANSFER_H_
