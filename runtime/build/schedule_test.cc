#include "runtime/build/schedule.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "tools/testing/no_threads.h"

namespace ovenbird::build {
namespace {

using After = std::vector<std::vector<size_t>>;

std::string Text(const std::vector<TaskEnd>& ends) {
  return absl::StrJoin(ends, " ", [](std::string* out, const TaskEnd& end) {
    switch (end.kind) {
      case TaskEnd::kDone:
        absl::StrAppend(out, "done");
        return;
      case TaskEnd::kFailed:
        absl::StrAppend(out, "failed");
        return;
      case TaskEnd::kBlocked:
        absl::StrAppend(out, "blocked-by-", end.cause);
        return;
      case TaskEnd::kNotStarted:
        absl::StrAppend(out, "not-started");
        return;
    }
  });
}

struct Case {
  const char* name;
  After after;
  std::vector<size_t> failing;
  bool keep_going;
  const char* order;  // of the tasks with one job
  const char* ends;
};

class OneJobTest : public ::testing::TestWithParam<Case> {};

TEST_P(OneJobTest, OrderAndEnds) {
  std::vector<size_t> order;
  ScheduleOptions options;
  options.keep_going = GetParam().keep_going;
  const std::vector<TaskEnd> ends =
      RunTasks(GetParam().after, options, [&](size_t task) {
        order.push_back(task);
        return std::count(GetParam().failing.begin(), GetParam().failing.end(),
                          task) == 0;
      });
  EXPECT_EQ(absl::StrJoin(order, " "), GetParam().order);
  EXPECT_EQ(Text(ends), GetParam().ends);
}

INSTANTIATE_TEST_SUITE_P(
    All, OneJobTest,
    ::testing::Values(
        Case{"Nothing", {}, {}, false, "", ""},
        Case{"Free", {{}, {}, {}}, {}, false, "0 1 2", "done done done"},
        Case{"Waits", {{2}, {}, {1}}, {}, false, "1 2 0", "done done done"},
        Case{"Diamond",
             {{1, 2}, {3}, {3}, {}},
             {},
             false,
             "3 1 2 0",
             "done done done done"},
        Case{"FailsFast",
             {{}, {}, {}},
             {1},
             false,
             "0 1",
             "done failed not-started"},
        Case{"FailsFastBlocks",
             {{}, {0}, {}},
             {0},
             false,
             "0",
             "failed blocked-by-0 not-started"},
        Case{"KeepsGoing",
             {{}, {0}, {1}, {}},
             {0},
             true,
             "0 3",
             "failed blocked-by-0 blocked-by-0 done"},
        Case{"Circle",
             {{1}, {0}, {}},
             {},
             true,
             "2",
             "not-started not-started done"}),
    [](const ::testing::TestParamInfo<Case>& info) { return info.param.name; });

// Each of the tasks ends only when all of them run.
TEST(ScheduleTest, AsManyJobsAsAllowedRunAtOnce) {
  Mutex mutex;
  CondVar changed;
  int running = 0;
  ScheduleOptions options;
  options.jobs = 3;
  const std::vector<TaskEnd> ends = RunTasks(After(3), options, [&](size_t) {
    MutexLock lock(&mutex);
    ++running;
    changed.SignalAll();
    while (running < 3) changed.Wait(&mutex);
    return true;
  });
  EXPECT_EQ(Text(ends), "done done done");
}

TEST(ScheduleTest, NeverMoreJobsThanAllowed) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  ScheduleOptions options;
  options.jobs = 4;
  RunTasks(After(200), options, [&](size_t) {
    const int now = ++running;
    for (int seen = most;
         now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    --running;
    return true;
  });
  EXPECT_LE(most, 4);
}

// Task 1 fails while task 0 runs.
TEST(ScheduleTest, WhatRunsGoesOnAfterAFailure) {
  Event failed;
  ScheduleOptions options;
  options.jobs = 2;
  const std::vector<TaskEnd> ends =
      RunTasks(After(2), options, [&](size_t task) {
        if (task == 1) {
          failed.Notify();
          return false;
        }
        failed.Wait();
        return true;
      });
  EXPECT_EQ(ends[0].kind, TaskEnd::kDone);
  EXPECT_EQ(ends[1].kind, TaskEnd::kFailed);
}

TEST(ScheduleTest, StartsNothingAfterACancellation) {
  Cancellation cancel;
  ScheduleOptions options;
  options.cancel = &cancel;
  const std::vector<TaskEnd> ends =
      RunTasks({{}, {}, {1}}, options, [&](size_t) {
        cancel.Cancel();
        return true;
      });
  EXPECT_EQ(Text(ends), "done not-started not-started");
}

// A long chain and many threads: each task runs once, after its predecessor.
TEST(ScheduleTest, ChainWithManyThreads) {
  After after(300);
  for (size_t i = 1; i < after.size(); ++i) after[i] = {i - 1};
  Mutex mutex;
  std::vector<size_t> order;
  ScheduleOptions options;
  options.jobs = 16;
  RunTasks(after, options, [&](size_t task) {
    MutexLock lock(&mutex);
    order.push_back(task);
    return true;
  });
  ASSERT_EQ(order.size(), after.size());
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(ScheduleTest, WithoutThreadsTheTasksRunOneAfterTheOther) {
  const ovenbird::testing::NoThreads none;
  ScheduleOptions options;
  options.jobs = 3;
  std::vector<size_t> order;
  const auto ends = RunTasks({{}, {0}, {}}, options, [&](size_t task) {
    order.push_back(task);
    return true;
  });
  EXPECT_EQ(Text(ends), "done done done");
  EXPECT_EQ(absl::StrJoin(order, " "), "0 1 2");
}

// What a task cannot get (threads, memory) fails this task, not the program.
TEST(ScheduleTest, ATaskThatRunsOutOfSomethingHasFailed) {
  ScheduleOptions options;
  options.keep_going = true;
  options.jobs = 2;
  const auto ends = RunTasks({{}, {}, {0}}, options, [&](size_t task) -> bool {
    if (task == 0) throw std::bad_alloc();
    return true;
  });
  EXPECT_EQ(Text(ends), "failed done blocked-by-0");
}

}  // namespace
}  // namespace ovenbird::build
