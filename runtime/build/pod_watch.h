// What the cluster says of one build pod while it lives: the pod and its
// events, each by a watch of its own thread.
#ifndef OVENBIRD_RUNTIME_BUILD_POD_WATCH_H_
#define OVENBIRD_RUNTIME_BUILD_POD_WATCH_H_

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/build/pod_state.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

class PodWatch {
 public:
  // Starts to watch. `client` and `parent` must outlive this.
  PodWatch(kube::Client& client, std::string name_space, std::string pod,
           Cancellation& parent);
  ~PodWatch();

  struct View {
    PodState state;
    std::string latest_event;  // "Pulling image ...", for people
    bool deleted = false;      // the pod is gone
    absl::Status status;       // not OK: the watch has ended
  };

  View Now();
  // The state once `wanted` holds for it, or as it is at `deadline` or when the
  // parent is cancelled.
  View WaitUntil(const std::function<bool(const View&)>& wanted,
                 std::chrono::steady_clock::time_point deadline);

 private:
  void WatchPod();
  void WatchEvents();
  View Current() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  kube::Client& client_;
  const std::string name_space_;
  const std::string pod_;
  Cancellation cancel_;

  Mutex mutex_;
  CondVar changed_;
  json::Value object_ ABSL_GUARDED_BY(mutex_);
  std::vector<json::Value> events_ ABSL_GUARDED_BY(mutex_);
  bool deleted_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);

  Cancellation::Subscription wake_;
  std::thread pod_thread_;
  std::thread event_thread_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_POD_WATCH_H_
