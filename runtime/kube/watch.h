// All changes of some objects, without polling: a list, then a watch from its
// resourceVersion on, for as long as the caller wants. Connections that end are
// opened again, and a list replaces a version that the server no longer has
// (410), so that no change is missed; several changes of one object may come as
// one. A server that restarts may refuse for a moment what it allowed before,
// and is asked again. A server that vanishes silently is noticed after little
// more than a minute.
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

// Which objects are watched, and how long.
struct WatchOptions {
  Resource resource;
  ListOptions select;
  // Returns whether the object is wanted; others are neither reported nor kept.
  // Not set: all are wanted. For conditions that selectors cannot express.
  std::function<bool(const json::Value&)> wanted;
  // Objects that exist at the start are not reported, only later changes.
  bool only_new = false;
  // Called before each list: an object that existed before this call, and that
  // has never been reported by the time of the next kSynced, is gone. An object
  // that was reported before is reported again only if it has changed, and as
  // kDeleted if it is gone.
  std::function<void()> on_list;
  BackoffOptions backoff;
  // A watch without any data for this time is opened again. Longer than the
  // minute after which the server ends each watch.
  absl::Duration missed_after = absl::Seconds(75);
  // If failures last for longer than this, counted from the first one without
  // an answer in between, the watch ends with the last error (kUnavailable,
  // kDeadlineExceeded). Until then the client reports the outage
  // (ClientOptions::on_outage).
  absl::Duration give_up_after = absl::Minutes(5);
};

// A change of one object.
struct WatchEvent {
  // The kind of the change.
  enum class Type {
    kAdded,
    kModified,
    kDeleted,  // with the object's last known state
    kSynced,   // all objects of a list have been reported; no object
  };
  Type type;
  json::Value object;
};

// Calls `on_event` in this thread until it returns false (then OK), `cancel` is
// cancelled (kCancelled), or the server refuses permanently: kNotFound,
// kPermissionDenied, kUnauthenticated, kInvalidArgument.
absl::Status Watch(Client& client, const WatchOptions& options,
                   absl::FunctionRef<bool(const WatchEvent&)> on_event,
                   Cancellation* cancel);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_WATCH_H_
