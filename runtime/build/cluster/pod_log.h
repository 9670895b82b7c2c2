// kaniko's log, from its container's start to its end.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_LOG_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_LOG_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/cluster/node_clock.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/kaniko_phases.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// The log to follow. All references outlive the log.
struct PodLogRequest {
  kube::Client& client;
  PodWatch& watch;
  Observer& observer;
  Cancellation& cancel;
  std::string name_space;
  std::string pod;
  // How long a lost node may take to come back.
  absl::Duration node_lost;
  // Reads the lines, too. May be null.
  KanikoPhases* phases = nullptr;
  // Returns true if the rest of the log need not be read. May be null.
  std::function<bool(const KanikoLog&)> is_enough;
};

// The log of one build pod.
class PodLog {
 public:
  explicit PodLog(const PodLogRequest& request) : request_(request) {}

  // Notes that kaniko has not been started by now.
  void NoteNotStarted() { node_clock_.NoteNotStarted(clock_.Now()); }

  // Passes each line to the observer, until the container has ended and all its
  // lines are read, until `give_up`, or until the node has been lost for too
  // long. Reports an incomplete log as a warning. Does nothing at the second
  // call.
  void Follow(std::chrono::steady_clock::time_point give_up);

  // Returns the lines; more from other sources may be added.
  KanikoLog& lines() { return lines_; }
  const KanikoLog& lines() const { return lines_; }
  // Whether all lines that the container wrote were read.
  bool complete() const { return complete_; }
  bool node_given_up() const { return node_given_up_; }

 private:
  void Guard(std::chrono::steady_clock::time_point give_up,
             const std::atomic<bool>& done, Cancellation& reading);
  bool NodeStaysLost(const std::atomic<bool>& done);

  const PodLogRequest request_;
  const RunClock clock_;
  NodeClock node_clock_{clock_.Now()};
  KanikoLog lines_;
  bool followed_ = false;
  bool complete_ = false;
  bool node_given_up_ = false;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_POD_LOG_H_
