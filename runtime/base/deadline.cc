#include "runtime/base/deadline.h"

#include "runtime/base/thread.h"

namespace ovenbird {

Deadline::Deadline(absl::Duration time, Cancellation* parent)
    : cancellation_(parent) {
  // Without a thread there is no limit: the work itself matters more.
  StartThread(
      thread_,
      [this, time] {
        if (done_.SleepFor(time)) return;
        passed_.Cancel();
        cancellation_.Cancel();
      },
      NobodyWaits)
      .IgnoreError();
}

Deadline::~Deadline() {
  done_.Cancel();
  Join(thread_);
}

}  // namespace ovenbird
