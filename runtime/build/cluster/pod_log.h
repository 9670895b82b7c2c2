// kaniko's log, from its container's start to its end.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_LOG_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_LOG_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// All references outlive the log.
struct PodLogRequest {
  kube::Client& client;
  PodWatch& watch;
  Observer& observer;
  Cancellation& cancel;
  std::string name_space;
  std::string pod;
  // How long a lost node may take to come back.
  absl::Duration node_lost;
  // True: what has been read is enough. May be empty.
  std::function<bool(const KanikoLog&)> is_enough;
};

class PodLog {
 public:
  explicit PodLog(const PodLogRequest& request) : request_(request) {}

  // Hands each line to the observer, until the container has ended and all its
  // lines are read, `give_up` comes, or the node has been lost for too long.
  // What breaks shows in the pod's state and as a warning. Does nothing the
  // second time.
  void Follow(std::chrono::steady_clock::time_point give_up);

  // More lines, from elsewhere, are welcome.
  KanikoLog& lines() { return lines_; }
  const KanikoLog& lines() const { return lines_; }
  // All that the container wrote is here.
  bool complete() const { return complete_; }
  bool node_given_up() const { return node_given_up_; }

 private:
  void Guard(std::chrono::steady_clock::time_point give_up,
             const std::atomic<bool>& done, Cancellation& reading);
  bool NodeStaysLost(const std::atomic<bool>& done);

  const PodLogRequest request_;
  KanikoLog lines_;
  bool followed_ = false;
  bool complete_ = false;
  bool node_given_up_ = false;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_LOG_H_
