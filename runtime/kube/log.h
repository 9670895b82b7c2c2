// A container's log to its end, each line once.
#ifndef OVENBIRD_RUNTIME_KUBE_LOG_H_
#define OVENBIRD_RUNTIME_KUBE_LOG_H_

#include <functional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/kube/backoff.h"
#include "runtime/kube/client.h"

namespace ovenbird::kube {

// The container, and how long to wait for it.
struct LogOptions {
  std::string name_space;
  std::string pod;
  std::string container;
  // Whether to wait for further lines until the container has ended.
  bool follow = true;
  BackoffOptions backoff;
  // If failures last for longer than this, counted from the first one without
  // an answer in between, the log ends with the last error. A quiet log has not
  // failed.
  absl::Duration give_up_after = absl::Minutes(5);
  // Returns whether the container has ended; called after each end of the log's
  // connection. Not set: the API server is asked for the pod. A caller that
  // watches the pod anyway may answer from its last state.
  std::function<absl::StatusOr<bool>()> has_ended;
};

// Calls `on_line` in this thread with the time at which the container wrote the
// line, by the node's clock, and the line without its end and its time. Of a
// line to which the kubelet gave no time it is the infinite past. Starts with
// the container's first line, even if the container has ended already; returns
// OK after its last one, or once `on_line` returns false; without `follow`,
// after the last one so far. A cut connection is opened again at the second of
// the last line, and repeated lines are left out.
//
// kFailedPrecondition: the container has not been started. kNotFound: the pod
// or the container does not exist, or no longer.
absl::Status FollowLog(
    Client& client, const LogOptions& options,
    absl::FunctionRef<bool(absl::Time, absl::string_view)> on_line,
    Cancellation* cancel);

// Returns the last lines of a container's log as one string, without following.
absl::StatusOr<std::string> TailLog(Client& client, const LogOptions& options,
                                    int lines, Cancellation* cancel);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_LOG_H_
