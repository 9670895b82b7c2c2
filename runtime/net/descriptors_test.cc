#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "absl/time/time.h"
#include "runtime/net/http.h"

namespace ovenbird::net {
namespace {

using ::testing::HasSubstr;

TEST(DescriptorsTest, WithoutDescriptorsThereIsAnError) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int free = dup(0);  // The lowest number that is not in use.
  ASSERT_GE(free, 0);
  close(free);
  // Nobody listens: a server of this process would meet the limit as well.
  const auto client =
      NewClient(*ParseUrl("http://127.0.0.1:1"), ClientOptions());
  ASSERT_TRUE(client.ok()) << client.status();
  int failures = 0;
  for (;; ++failures) {
    ASSERT_LT(failures, 20);
    const rlimit low = {static_cast<rlim_t>(free + failures), before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    const absl::Status status =
        (*client)->Send(Request(), absl::Seconds(60)).status();
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_TRUE(WasNeverSent(status));
    if (absl::IsUnavailable(status)) break;
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("raise the limit (`ulimit -n`)"));
  }
  EXPECT_GE(failures, 3);
}

}  // namespace
}  // namespace ovenbird::net
