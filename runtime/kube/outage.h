// What all connections to one server know together of its absence.
#ifndef OVENBIRD_RUNTIME_KUBE_OUTAGE_H_
#define OVENBIRD_RUNTIME_KUBE_OUTAGE_H_

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "runtime/base/mutex.h"

namespace ovenbird::kube {

// Tells of each outage once when it begins, with what was met first, and once
// when it is over (OK), whoever meets it. Thread-safe.
class Outage {
 public:
  // Called while a lock is held, so that it hears everything in its order: it
  // must not come back to this object. May be empty.
  using Tell = std::function<void(const absl::Status&)>;

  explicit Outage(Tell tell) : tell_(std::move(tell)) {}

  // Somebody has asked in vain and waits.
  void Met(const absl::Status& why) {
    MutexLock lock(&mutex_);
    if (!lasts_ && tell_) tell_(why);
    lasts_ = true;
  }
  // Somebody has an answer.
  void Over() {
    MutexLock lock(&mutex_);
    if (lasts_ && tell_) tell_(absl::OkStatus());
    lasts_ = false;
  }

 private:
  const Tell tell_;
  Mutex mutex_;
  bool lasts_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_OUTAGE_H_
