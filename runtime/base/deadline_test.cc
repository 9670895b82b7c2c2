#include "runtime/base/deadline.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "tools/testing/no_threads.h"

namespace ovenbird {
namespace {

TEST(DeadlineTest, CancelsWhenTheTimeHasPassed) {
  Deadline deadline(absl::Milliseconds(10));
  EXPECT_TRUE(deadline.cancellation().SleepFor(absl::Seconds(60)));
  EXPECT_TRUE(deadline.passed());
}

TEST(DeadlineTest, TheParentCancelsBefore) {
  Cancellation parent;
  Deadline deadline(absl::InfiniteDuration(), &parent);
  EXPECT_FALSE(deadline.cancellation().cancelled());
  parent.Cancel();
  EXPECT_TRUE(deadline.cancellation().cancelled());
  EXPECT_FALSE(deadline.passed());
}

TEST(DeadlineTest, TheDestructorDoesNotWait) {
  const absl::Time start = absl::Now();
  { Deadline deadline(absl::Hours(1)); }
  EXPECT_LT(absl::Now() - start, absl::Minutes(1));
}

TEST(DeadlineTest, WithoutAThreadThereIsNoLimit) {
  const ovenbird::testing::NoThreads none;
  Cancellation parent;
  Deadline deadline(absl::ZeroDuration(), &parent);
  EXPECT_FALSE(deadline.passed());
  parent.Cancel();
  EXPECT_TRUE(deadline.cancellation().cancelled());
}

}  // namespace
}  // namespace ovenbird
