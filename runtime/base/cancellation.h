// A signal that ends blocked calls: Ctrl-C, the failure of another build, a
// watch that is no longer needed. Shared by all calls that it must end.
#ifndef OVENBIRD_RUNTIME_BASE_CANCELLATION_H_
#define OVENBIRD_RUNTIME_BASE_CANCELLATION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"

namespace ovenbird {

// A flag that is set once, for good, and that wakes the calls that wait on it.
// Thread-safe. Must outlive the calls and the subscriptions that use it; must
// not be used in a signal handler.
class Cancellation {
 public:
  Cancellation() = default;
  // Is cancelled with `parent`, or alone. Null: no parent.
  explicit Cancellation(Cancellation* parent);
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  ~Cancellation();

  // Sets the flag and calls the subscribers in this thread; has no effect if it
  // is set already.
  void Cancel();
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

  // Sleeps for `time`, or less if cancelled, and returns whether it was
  // cancelled.
  bool SleepFor(absl::Duration time);

  // Calls `wake` once on cancellation, in the thread that cancels, or
  // immediately if already cancelled. After the destructor `wake` is not
  // running and will not run. `wake` must be short and must not subscribe or
  // unsubscribe.
  class Subscription {
   public:
    // With null `wake` is never called.
    Subscription(Cancellation* cancellation, std::function<void()> wake);
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

   private:
    Cancellation* cancellation_;
    uint64_t id_ = 0;
  };

 private:
  std::atomic<bool> cancelled_{false};
  Mutex mutex_;
  CondVar changed_;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, std::function<void()>> wakes_ ABSL_GUARDED_BY(mutex_);
  // Declared last: ends before the rest does.
  std::unique_ptr<Subscription> parent_;
};

// Returns kCancelled if `cancel` is cancelled; OK for null.
absl::Status CheckNotCancelled(const Cancellation* cancel);

// Sleeps for `time`, or less if cancelled: kCancelled then. Accepts null.
absl::Status Sleep(absl::Duration time, Cancellation* cancel);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_CANCELLATION_H_
