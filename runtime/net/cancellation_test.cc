#include "runtime/net/cancellation.h"

#include <gtest/gtest.h>

#include <thread>

namespace ovenbird::net {
namespace {

TEST(CancellationTest, WakesEachSubscriptionOnce) {
  Cancellation cancel;
  int calls = 0;
  const Cancellation::Subscription one(&cancel, [&] { ++calls; });
  {
    const Cancellation::Subscription gone(&cancel, [&] { calls += 100; });
  }
  cancel.Cancel();
  cancel.Cancel();
  EXPECT_EQ(calls, 1);
  const Cancellation::Subscription late(&cancel, [&] { ++calls; });
  EXPECT_EQ(calls, 2);
}

TEST(CancellationTest, ChildEndsWithItsParentButNotTheReverse) {
  Cancellation parent;
  Cancellation first(&parent);
  Cancellation second(&parent);
  first.Cancel();
  EXPECT_FALSE(parent.cancelled());
  EXPECT_FALSE(second.cancelled());
  parent.Cancel();
  EXPECT_TRUE(second.cancelled());
  const Cancellation born_late(&parent);
  EXPECT_TRUE(born_late.cancelled());
}

TEST(CancellationTest, SleepIsCutShort) {
  Cancellation cancel;
  std::thread thread([&] { cancel.Cancel(); });
  EXPECT_EQ(Sleep(absl::InfiniteDuration(), &cancel).code(),
            absl::StatusCode::kCancelled);
  thread.join();
  EXPECT_TRUE(Sleep(absl::Nanoseconds(1), nullptr).ok());
}

TEST(CancellationTest, NullMeansNever) {
  EXPECT_TRUE(CheckNotCancelled(nullptr).ok());
  const Cancellation::Subscription none(nullptr, [] { FAIL(); });
}

}  // namespace
}  // namespace ovenbird::net
