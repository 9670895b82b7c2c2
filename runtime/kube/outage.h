// The shared state of all connections to one server: whether it is away.
#ifndef OVENBIRD_RUNTIME_KUBE_OUTAGE_H_
#define OVENBIRD_RUNTIME_KUBE_OUTAGE_H_

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "runtime/base/mutex.h"

namespace ovenbird::kube {

// Reports each outage once when it begins, with the first error, and once when
// it is over (OK), whichever connection notices it. Thread-safe.
class Outage {
 public:
  // Called with a lock held, so that reports keep their order: it must not call
  // this object. May be empty.
  using Tell = std::function<void(const absl::Status&)>;

  explicit Outage(Tell tell) : tell_(std::move(tell)) {}

  // Notes that a request has failed and waits.
  void Met(const absl::Status& why) {
    MutexLock lock(&mutex_);
    if (!lasts_ && tell_) tell_(why);
    lasts_ = true;
  }
  // Notes that a request was answered.
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
