// A signal that ends blocked calls: Ctrl-C, the failure of another build, a
// watch that nobody needs any more. Shared by all calls that it must end.
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

// Thread-safe. Once cancelled it stays cancelled. Must outlive the calls and
// the subscriptions that use it; not to be called from a signal handler.
class Cancellation {
 public:
  Cancellation() = default;
  // Cancelled with `parent`, or alone. Null: no parent.
  explicit Cancellation(Cancellation* parent);
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  ~Cancellation();

  void Cancel();
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

  // Sleeps for `time`, or less when cancelled; returns whether it was.
  bool SleepFor(absl::Duration time);

  // Calls `wake` once when cancelled, in the thread that cancels, or at once
  // when that has happened. After the destructor `wake` is not running and
  // will not run. `wake` must be short and must not subscribe or unsubscribe.
  class Subscription {
   public:
    // Null: never called.
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

// kCancelled when `cancel` (may be null) is cancelled.
absl::Status CheckNotCancelled(const Cancellation* cancel);

// SleepFor that also takes null; kCancelled when it was cut short.
absl::Status Sleep(absl::Duration time, Cancellation* cancel);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_CANCELLATION_H_
