#include "runtime/kube/outage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace ovenbird::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(OutageTest, IsToldOnceAtItsBeginningAndAtItsEnd) {
  std::vector<std::string> told;
  Outage outage([&](const absl::Status& status) {
    told.push_back(std::string(status.message()));
  });
  outage.Over();
  EXPECT_THAT(told, IsEmpty());
  outage.Met(absl::UnavailableError("the watch"));
  outage.Met(absl::UnavailableError("a request"));
  EXPECT_THAT(told, ElementsAre("the watch"));
  outage.Over();
  outage.Over();
  outage.Met(absl::UnavailableError("a log"));
  EXPECT_THAT(told, ElementsAre("the watch", "", "a log"));
}

TEST(OutageTest, NobodyNeedListen) {
  Outage outage(nullptr);
  outage.Met(absl::UnavailableError("x"));
  outage.Over();
}

// An end is never heard before its beginning.
TEST(OutageTest, ThreadsAreHeardInOrder) {
  std::vector<bool> told;
  Outage outage(
      [&](const absl::Status& status) { told.push_back(status.ok()); });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        outage.Met(absl::UnavailableError("x"));
        outage.Over();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], i % 2 == 1) << i;
}

}  // namespace
}  // namespace ovenbird::kube
