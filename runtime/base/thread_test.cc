#include "runtime/base/thread.h"

#include <new>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/no_threads.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

TEST(ThreadTest, RunsOrSaysWhyNot) {
  bool ran = false;
  Thread thread;
  EXPECT_THAT(StartThread(
                  thread, [&] { ran = true; }, NobodyWaits),
              IsOk());
  Join(thread);
  EXPECT_TRUE(ran);
  const testing::NoThreads none;
  EXPECT_THAT(StartThread(
                  thread, [&] { ran = false; }, NobodyWaits),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("cannot start a thread: ")));
  Join(thread);
  EXPECT_TRUE(ran);
}

TEST(ThreadTest, AnExceptionEndsTheWorkAndTellsThoseWhoWait) {
  Thread thread;
  bool told = false;
  EXPECT_THAT(StartThread(
                  thread, [] { throw std::bad_alloc(); },
                  [&] {
                    told = true;
                    throw std::bad_alloc();
                  }),
              IsOk());
  Join(thread);
  EXPECT_TRUE(told);
}

TEST(ThreadTest, AnExceptionInTheOwnerWaitsForTheWork) {
  bool ran = false;
  const auto own = [&] {
    Thread thread;
    EXPECT_THAT(StartThread(
                    thread, [&] { ran = true; }, NobodyWaits),
                IsOk());
    throw std::bad_alloc();
  };
  EXPECT_THROW(own(), std::bad_alloc);
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace ovenbird
