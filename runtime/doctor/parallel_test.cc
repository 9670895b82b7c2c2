#include "runtime/doctor/parallel.h"

#include <atomic>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "gtest/gtest.h"

namespace ovenbird::doctor {
namespace {

TEST(ParallelTest, CallsEachOnce) {
  std::vector<std::atomic<int>> calls(100);
  std::vector<std::function<void()>> jobs;
  for (auto& count : calls) jobs.emplace_back([&count] { ++count; });
  RunAll(jobs);
  for (const auto& count : calls) EXPECT_EQ(count, 1);
  RunAll({});
}

TEST(ParallelTest, JobsWaitForEachOther) {
  absl::BlockingCounter both(2);
  const auto meet = [&both] {
    both.DecrementCount();
    both.Wait();
  };
  RunAll({meet, [&both] { both.DecrementCount(); }});
}

}  // namespace
}  // namespace ovenbird::doctor
