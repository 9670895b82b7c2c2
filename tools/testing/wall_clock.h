// A wall clock that tests can set, as an administrator, NTP or a wake-up after
// a suspend does.
#ifndef OVENBIRD_TOOLS_TESTING_WALL_CLOCK_H_
#define OVENBIRD_TOOLS_TESTING_WALL_CLOCK_H_

#include "absl/time/time.h"

namespace ovenbird::testing {

// While it lives, CLOCK_REALTIME (and so absl::Now) of this process is ahead by
// `step`, which may be negative. Other clocks are not changed. One at a time.
class WallClockStep {
 public:
  explicit WallClockStep(absl::Duration step);
  WallClockStep(const WallClockStep&) = delete;
  WallClockStep& operator=(const WallClockStep&) = delete;
  ~WallClockStep();
};

}  // namespace ovenbird::testing

#endif  // OVENBIRD_TOOLS_TESTING_WALL_CLOCK_H_
