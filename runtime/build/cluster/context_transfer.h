// How the context of a build reaches its pod: as layers of an image in a
// registry where that is set up and possible, else by exec into the pod.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TRANSFER_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TRANSFER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/thread.h"
#include "runtime/build/cluster/context_image.h"
#include "runtime/build/cluster/node_platforms.h"
#include "runtime/build/observer.h"
#include "runtime/build/owner.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

// What contexts in a registry need, the same for all builds of a run.
struct ContextTransferOptions {
  // Whose contexts they are: each user has tags of their own.
  Owner owner;
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
                  Cancellation& cancel,
                  std::function<NodeArchitectures()> nodes);
  // Waits for a push in the background.
  ~ContextTransfer();
  ContextTransfer(const ContextTransfer&) = delete;
  ContextTransfer& operator=(const ContextTransfer&) = delete;

  // Pushes the context and sets `spec.context_image`. Leaves the spec as it is
  // if the context is to be sent into the pod, and tells the observer why,
  // unless the config asks for it. If all files would have to be pushed, that
  // starts in the background, for the next build.
  void Prepare(kube::BuildSpec& spec);

  // Returns to sending the context into the pod, because the node does not pull
  // it. `why` is the node's reason.
  void GiveUp(const std::string& why, kube::BuildSpec& spec);

  // Waits for the push in the background and reports how it went. Ends it
  // instead if the build was cancelled.
  void Finish();

 private:
  // Returns where the context goes, or why it cannot go there.
  absl::StatusOr<ContextImageRequest> Request(const kube::BuildSpec& spec,
                                              Cancellation& cancel);
  std::optional<Platform> PlatformOf(const kube::BuildSpec& spec);
  absl::StatusOr<std::string> RecordPath(const std::string& id);
  void SendInstead(const absl::Status& why);
  void StartInBackground(ContextImageRequest request);

  const plan::ImagePlan& plan_;
  const ContextTransferOptions& options_;
  Observer& observer_;
  Cancellation& cancel_;
  const std::function<NodeArchitectures()> nodes_;
  std::unique_ptr<Cancellation> stop_;  // of the thread
  absl::Status pushed_;                 // the thread's, until it has ended
  Thread thread_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TRANSFER_H_
