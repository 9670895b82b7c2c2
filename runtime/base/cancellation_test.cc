#include "runtime/base/cancellation.h"

#include <memory>
#include <thread>

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(CancellationTest, WakesOnce) {
  Cancellation cancel;
  int calls = 0;
  Cancellation::Subscription subscription(&cancel, [&] { ++calls; });
  EXPECT_FALSE(cancel.cancelled());
  EXPECT_TRUE(CheckNotCancelled(&cancel).ok());
  cancel.Cancel();
  cancel.Cancel();
  EXPECT_TRUE(cancel.cancelled());
  EXPECT_EQ(CheckNotCancelled(&cancel).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(calls, 1);
}

TEST(CancellationTest, ALateSubscriptionIsWokenAtOnce) {
  Cancellation cancel;
  cancel.Cancel();
  int calls = 0;
  Cancellation::Subscription subscription(&cancel, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(CancellationTest, ASubscriptionThatIsGoneIsNotWoken) {
  Cancellation cancel;
  int calls = 0;
  auto gone = std::make_unique<Cancellation::Subscription>(
      &cancel, [&] { calls += 10; });
  Cancellation::Subscription kept(&cancel, [&] { calls += 1; });
  gone.reset();
  cancel.Cancel();
  EXPECT_EQ(calls, 1);
}

TEST(CancellationTest, NullIsNeverCancelled) {
  Cancellation::Subscription nothing(nullptr, [] { FAIL(); });
  EXPECT_TRUE(CheckNotCancelled(nullptr).ok());
  EXPECT_TRUE(Sleep(absl::ZeroDuration(), nullptr).ok());
}

TEST(CancellationTest, AChildEndsWithItsParentNotTheOtherWayRound) {
  Cancellation parent;
  Cancellation first(&parent);
  Cancellation second(&parent);
  first.Cancel();
  EXPECT_FALSE(parent.cancelled());
  EXPECT_FALSE(second.cancelled());
  parent.Cancel();
  EXPECT_TRUE(second.cancelled());
}

TEST(CancellationTest, EndsASleep) {
  Cancellation cancel;
  std::thread canceller([&] { cancel.Cancel(); });
  EXPECT_EQ(Sleep(absl::InfiniteDuration(), &cancel).code(),
            absl::StatusCode::kCancelled);
  canceller.join();
  Cancellation never;
  EXPECT_TRUE(Sleep(absl::Milliseconds(1), &never).ok());
}

}  // namespace
}  // namespace ovenbird
