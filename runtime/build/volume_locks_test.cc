#include "runtime/build/volume_locks.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

TEST(VolumeLocksTest, OneAtATime) {
  VolumeLocks locks;
  absl::Notification waits;
  std::string waited_for;
  std::thread other;
  bool first_is_over = false;
  locks.With(
      {"a", "b"}, [](const std::string&) { FAIL(); },
      [&] {
        other = std::thread([&] {
          locks.With(
              {"b", "c"},
              [&](const std::string& name) {
                waited_for = name;
                waits.Notify();
              },
              [&] { EXPECT_TRUE(first_is_over); });
        });
        waits.WaitForNotification();
        first_is_over = true;
      });
  other.join();
  EXPECT_EQ(waited_for, "b");
}

TEST(VolumeLocksTest, OthersDoNotWait) {
  VolumeLocks locks;
  int runs = 0;
  const auto fail = [](const std::string&) { FAIL(); };
  locks.With({"a"}, fail, [&] {
    locks.With({"b"}, fail, [&] { ++runs; });
    locks.With({}, fail, [&] { ++runs; });
  });
  locks.With({"a"}, fail, [&] { ++runs; });
  EXPECT_EQ(runs, 3);
}

}  // namespace
}  // namespace ovenbird::build
