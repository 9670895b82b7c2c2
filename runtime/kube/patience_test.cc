#include "runtime/kube/patience.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::WallClockStep;

TEST(PatienceTest, CountsFromTheFirstFailure) {
  const absl::Duration limit = absl::Milliseconds(20);
  Patience patience;
  for (int i = 0; i < 2; ++i) {
    absl::SleepFor(2 * limit);  // quiet
    EXPECT_FALSE(patience.IsOver(limit));
    absl::SleepFor(2 * limit);
    EXPECT_TRUE(patience.IsOver(limit));
    EXPECT_FALSE(patience.IsOver(absl::Hours(1)));
    patience.Renew();
  }
  EXPECT_FALSE(patience.IsOver(absl::ZeroDuration()));
}

TEST(PatienceTest, AStepOfTheWallClockIsNoTime) {
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    Patience patience;
    EXPECT_FALSE(patience.IsOver(absl::Minutes(5)));
    const WallClockStep clock(step);
    EXPECT_FALSE(patience.IsOver(absl::Minutes(5)));
  }
}

}  // namespace
}  // namespace ovenbird::kube
