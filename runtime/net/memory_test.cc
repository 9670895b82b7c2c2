// Requests in a thread whose `new` fails once, at each of its calls.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <new>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/http.h"
#include "runtime/net/loop.h"
#include "runtime/net/testing/server.h"
#include "tools/testing/failing_new.h"

namespace ovenbird::net {
namespace {

using ::ovenbird::net::testing::Conversation;
using ::ovenbird::net::testing::Server;
using ::ovenbird::testing::FailEachNew;
using ::ovenbird::testing::FailingNew;

// Sends requests of which each fails at a later `new`. `cancel` may be null.
void SendWithoutMemory(Cancellation* cancel) {
  const Server server([](Conversation& conversation) {
    while (conversation.Next()) {
      if (!conversation.Reply(200, "body")) return;
    }
  });
  int failures = 0;
  for (int call = 1;; ++call) {
    const auto client = NewClient(server.url(), ClientOptions());
    ASSERT_TRUE(client.ok());
    Request request;
    request.method = "POST";
    request.target = "/";
    request.body = "some";
    bool failed = false;
    {
      const FailingNew failing(call);
      try {
        const absl::StatusOr<Response> response =
            (*client)->Send(request, absl::Seconds(10), cancel);
        failed = failing.has_failed();
        EXPECT_TRUE(failed || response.ok()) << response.status();
      } catch (const std::bad_alloc&) {
        failed = true;
      }
    }
    if (!failed) break;
    ++failures;
    // Nothing of the failure is left.
    const auto again = (*client)->Send(request, absl::Seconds(10), cancel);
    EXPECT_TRUE(again.ok()) << call << ": " << again.status();
  }
  EXPECT_GT(failures, 10);
}

TEST(MemoryTest, ARequestEndsWhereverMemoryRunsOut) {
  SendWithoutMemory(nullptr);
}

TEST(MemoryTest, ARequestThatCanBeCancelledDoes) {
  Cancellation cancel;
  SendWithoutMemory(&cancel);
}

// The handler refers to the stack, of which the exception has taken that part.
TEST(MemoryTest, NoHandlerRunsAfterAnException) {
  bool ran = false;
  const int failures = FailEachNew([&] {
    Cancellation cancel;
    Loop loop;
    ran = false;
    const auto handle = [&] { ran = true; };
    boost::asio::post(loop.context(), handle);
    bool has_thrown = false;
    try {
      EXPECT_TRUE(
          loop.Run(ran, DeadlineIn(absl::Seconds(10)), &cancel, [] {}).ok());
    } catch (const std::bad_alloc&) {
      has_thrown = true;
    }
    const bool never = false;
    if (!has_thrown) return;
    EXPECT_FALSE(ran);
    loop.Drain(never);
    EXPECT_FALSE(ran);
  });
  EXPECT_GT(failures, 2);
}

}  // namespace
}  // namespace ovenbird::net
