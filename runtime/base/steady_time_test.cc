#include "runtime/base/steady_time.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird {
namespace {

TEST(SteadyTimeTest, GoesOnWhateverTheWallClockDoes) {
  const absl::Time start = SteadyNow();
  const absl::Time wall = absl::Now();
  absl::Time last = start;
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    const testing::WallClockStep clock(step);
    EXPECT_GT(absl::AbsDuration(absl::Now() - wall), absl::Minutes(50));
    EXPECT_GE(SteadyNow(), last);
    last = SteadyNow();
  }
  EXPECT_LT(last - start, absl::Minutes(1));
  const absl::Time before = SteadyNow();
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_GE(SteadyNow() - before, absl::Milliseconds(20));
}

}  // namespace
}  // namespace ovenbird
