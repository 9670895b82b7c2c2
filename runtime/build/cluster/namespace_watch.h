// One watch of a namespace's build pods and one of its pods' events, shared by
// all builds of a run. They start with the first build and live until the end.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_NAMESPACE_WATCH_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_NAMESPACE_WATCH_H_

#include <atomic>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"
#include "runtime/kube/client.h"
#include "runtime/kube/watch.h"

namespace ovenbird::build {

// A watch of the build pods in a namespace. Thread-safe.
class NamespaceWatch {
 public:
  // Receives what happens to one pod, from the watch's threads, in order. The
  // calls must be short.
  class Listener {
   public:
    virtual ~Listener() = default;
    // Receives the pod after it was created or changed.
    virtual void OnPod(const json::Value& pod) = 0;
    // Receives the last known state of the deleted pod.
    virtual void OnDeleted(const json::Value& pod) = 0;
    // Receives an event about the pod; repeated events again, with a higher
    // count.
    virtual void OnEvent(const json::Value& event) = 0;
    // Tells that all pods are going to be listed again: a pod that existed
    // before OnList, and that OnPod has never received by the time of OnListed,
    // is gone. For any other pod that is gone OnDeleted is called.
    virtual void OnList() = 0;
    // Tells that the list that OnList announced is complete.
    virtual void OnListed() = 0;
    // Tells that no more calls will come, and why.
    virtual void OnEnd(const absl::Status& status) = 0;
  };

  // Watches the pods that have the labels; `client` must outlive this.
  NamespaceWatch(kube::Client& client, std::string name_space,
                 std::string label_selector);
  ~NamespaceWatch();

  // Calls `listener` from now on. Must be called before the pod's creation, so
  // that nothing is missed.
  void Add(const std::string& pod, Listener* listener);
  // Stops the calls for the pod; after it returns, none is running.
  void Remove(const std::string& pod);

  // Returns whether the watch of the pods has failed for good.
  bool has_ended();
  // Returns whether the user has no right to read the events.
  bool may_not_see_events() const { return may_not_see_events_; }

 private:
  void WatchPods();
  void WatchEvents();
  // Ends the watch of the pods.
  void End(const absl::Status& status);
  void OnPodEvent(const kube::WatchEvent& event);
  Listener* Find(absl::string_view pod) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  kube::Client& client_;
  const std::string name_space_;
  const std::string label_selector_;
  Cancellation cancel_;

  // Held while a listener is called.
  Mutex mutex_;
  std::map<std::string, Listener*, std::less<>> listeners_
      ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> may_not_see_events_{false};

  Thread pod_thread_;
  Thread event_thread_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_NAMESPACE_WATCH_H_
