// The log of a container in a thread whose `new` fails once, at each of its
// calls: an exception, not a crash, which would leave objects in the cluster.
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/kube/log_filter.h"
#include "tools/testing/failing_new.h"

namespace ovenbird::kube {
namespace {

TEST(MemoryTest, LinesOfALog) {
  const int failures = ovenbird::testing::FailEachNew([] {
    LogFilter filter;
    for (int connection = 0; connection < 3; ++connection) {
      for (int i = 0; i < 10; ++i) {
        filter.IsNew(SplitTimedLine(
            absl::StrCat("2024-01-01T00:00:05Z line number ", i)));
      }
      filter.Restart();
    }
  });
  EXPECT_GT(failures, 10);
}

}  // namespace
}  // namespace ovenbird::kube
