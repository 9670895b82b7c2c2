#include "runtime/base/deadline.h"

namespace ovenbird {

Deadline::Deadline(absl::Duration time, Cancellation* parent)
    : cancellation_(parent), thread_([this, time] {
        if (done_.SleepFor(time)) return;
        passed_.Cancel();
        cancellation_.Cancel();
      }) {}

Deadline::~Deadline() {
  done_.Cancel();
  thread_.join();
}

}  // namespace ovenbird
