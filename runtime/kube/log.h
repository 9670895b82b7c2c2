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

struct LogOptions {
  std::string name_space;
  std::string pod;
  std::string container;
  BackoffOptions backoff;
  // Without any answer from the server for so long: kUnavailable.
  absl::Duration give_up_after = absl::Minutes(5);
  // Whether the container has ended, asked after each end of the log's
  // connection. Not set: the API server is asked for the pod. A caller that
  // watches the pod anyway may answer from what it has seen.
  std::function<absl::StatusOr<bool>()> has_ended;
};

// Calls `on_line` in this thread with the time at which the container wrote
// the line, and the line without its end. Starts with the container's first
// line, also when the container has ended already; OK after its last one.
// Connections that are cut are opened again at the second of the last line, and
// what has come before is left out.
//
// The container must have been started (kFailedPrecondition). kNotFound: the
// pod or the container does not exist, or no longer. `on_line` returns false to
// stop (then OK).
absl::Status FollowLog(
    Client& client, const LogOptions& options,
    absl::FunctionRef<bool(absl::Time, absl::string_view)> on_line,
    Cancellation* cancel);

// The last lines of a container's log as one text, without following.
absl::StatusOr<std::string> TailLog(Client& client, const LogOptions& options,
                                    int lines, Cancellation* cancel);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_LOG_H_
