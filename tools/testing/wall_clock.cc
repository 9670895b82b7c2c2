#include "tools/testing/wall_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace ovenbird::testing {
namespace {

std::atomic<int64_t> ahead_seconds{0};

}  // namespace

WallClockStep::WallClockStep(absl::Duration step) {
  ahead_seconds = absl::ToInt64Seconds(step);
}

WallClockStep::~WallClockStep() { ahead_seconds = 0; }

}  // namespace ovenbird::testing

// Takes the place of the C library's.
extern "C" int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) {
    time->tv_sec += ovenbird::testing::ahead_seconds;
  }
  return static_cast<int>(result);
}
