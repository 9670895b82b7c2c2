// What the cluster says of one build pod while it lives: the pod and its
// events, from the watch that all builds of the namespace share.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_WATCH_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_WATCH_H_

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/build/cluster/namespace_watch.h"
#include "runtime/build/cluster/pod_state.h"

namespace ovenbird::build {

// The state of one build pod, updated by a watch.
class PodWatch : private NamespaceWatch::Listener {
 public:
  // Must be created before the pod. `source` and `parent` must outlive this.
  PodWatch(NamespaceWatch& source, std::string pod, Cancellation& parent);
  ~PodWatch() override;

  // Tells that the pod exists, so that its absence from a list means that it
  // was deleted.
  void NoteCreated();

  // The state of the pod at one moment.
  struct View {
    PodState state;
    std::string latest_event;  // "Pulling image ...", for people
    bool may_not_see_events = false;
    bool deleted = false;  // the pod is gone
    absl::Status status;   // not OK: the watch has ended

    // Returns whether kaniko does not run any more, or never will.
    bool IsOver() const {
      return deleted || state.exit_code.has_value() ||
             state.stage == PodStage::kFailed;
    }
  };

  // Returns the current state.
  View Now();
  // Returns the state once `wanted` holds for it, or at `deadline`, or when the
  // parent is cancelled or the watch has ended.
  View WaitUntil(const std::function<bool(const View&)>& wanted,
                 std::chrono::steady_clock::time_point deadline);
  // Lets each WaitUntil call `wanted` again.
  void Wake();

 private:
  void OnPod(const json::Value& pod) override;
  void OnDeleted(const json::Value& pod) override;
  void OnEvent(const json::Value& event) override;
  void OnList() override;
  void OnListed() override;
  void OnEnd(const absl::Status& status) override;
  View Current() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  NamespaceWatch& source_;
  const std::string pod_;
  Cancellation& cancel_;

  Mutex mutex_;
  CondVar changed_;
  json::Value object_ ABSL_GUARDED_BY(mutex_);
  std::vector<json::Value> events_ ABSL_GUARDED_BY(mutex_);
  bool created_ ABSL_GUARDED_BY(mutex_) = false;
  // The pod was created before the list that is being read was requested.
  bool must_be_listed_ ABSL_GUARDED_BY(mutex_) = false;
  bool deleted_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);

  Cancellation::Subscription wake_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_WATCH_H_
