// A cancellation that comes by itself after a time.
#ifndef OVENBIRD_RUNTIME_BASE_DEADLINE_H_
#define OVENBIRD_RUNTIME_BASE_DEADLINE_H_

#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/thread.h"

namespace ovenbird {

// Cancels its cancellation() after a time. The destructor ends the wait. If no
// thread can be started, the time never passes.
class Deadline {
 public:
  // Cancels after `time`, or earlier together with `parent` (may be null).
  explicit Deadline(absl::Duration time, Cancellation* parent = nullptr);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  Cancellation& cancellation() { return cancellation_; }
  // Returns whether the time has passed.
  bool passed() const { return passed_.cancelled(); }

 private:
  Cancellation cancellation_;
  Cancellation passed_;
  Cancellation done_;
  Thread thread_;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_DEADLINE_H_
