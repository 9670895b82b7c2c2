#include "runtime/base/thread.h"

#include <thread>

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
  std::thread thread;
  EXPECT_THAT(StartThread(thread, [&] { ran = true; }), IsOk());
  Join(thread);
  EXPECT_TRUE(ran);
  const testing::NoThreads none;
  EXPECT_THAT(StartThread(thread, [&] { ran = false; }),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("cannot start a thread: ")));
  Join(thread);
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace ovenbird
