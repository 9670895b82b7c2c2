// All changes of some objects, without polling: a list, then a watch from its
// resourceVersion on, for as long as the caller wants. Connections that end are
// opened again, and a version that the server has forgotten (410) is made up
// for by another list, so that no change is missed; several changes of one
// object may come as one. A server that restarts may refuse for a moment what
// it allowed before, and is given that moment. One that has vanished without a
// word is missed after a minute.
#ifndef OVENBIRD_RUNTIME_KUBE_WATCH_H_
#define OVENBIRD_RUNTIME_KUBE_WATCH_H_

#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/kube/backoff.h"
#include "runtime/kube/client.h"

namespace ovenbird::kube {

struct WatchOptions {
  Resource resource;
  ListOptions select;
  // Objects for which it is false are neither told nor kept. Not set: all are
  // wanted. For what selectors can't say.
  std::function<bool(const json::Value&)> wanted;
  // What is there at the start is not told, only what comes later.
  bool only_new = false;
  // Called before each list: what was there before this call, and is not told
  // before the next kSynced, is gone.
  std::function<void()> on_list;
  BackoffOptions backoff;
  // A watch of which nothing is heard for so long is opened again. Longer than
  // the minute after which the server ends each.
  absl::Duration missed_after = absl::Seconds(75);
  // Without any answer from the server for so long, the watch ends with
  // the last error (kUnavailable, kDeadlineExceeded). Until then those who wait
  // are told by the client (ClientOptions::on_outage).
  absl::Duration give_up_after = absl::Minutes(5);
};

struct WatchEvent {
  enum class Type {
    kAdded,
    kModified,
    kDeleted,  // with the object's last known state
    kSynced,   // all objects of a list have been told; no object
  };
  Type type;
  json::Value object;
};

// Calls `on_event` in this thread until it returns false (then OK), `cancel`
// is cancelled (kCancelled), or the server refuses for good: kNotFound,
// kPermissionDenied, kUnauthenticated, kInvalidArgument.
absl::Status Watch(Client& client, const WatchOptions& options,
                   absl::FunctionRef<bool(const WatchEvent&)> on_event,
                   Cancellation* cancel);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_WATCH_H_
