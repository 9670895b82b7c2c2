// Time for limits and pauses.
#ifndef OVENBIRD_RUNTIME_BASE_STEADY_TIME_H_
#define OVENBIRD_RUNTIME_BASE_STEADY_TIME_H_

#include <chrono>

#include "absl/time/time.h"

namespace ovenbird {

// Returns the time since some start, by a clock that cannot be set and that
// stands still while the machine is suspended. To compare with its other
// results only: absl::Now(), the wall clock, may jump by hours.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_STEADY_TIME_H_
