// Requests in a thread whose `new` fails once, at each of its calls.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <new>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/net/http.h"
#include "runtime/net/testing/server.h"

namespace {

// 0: none fails any more.
thread_local int until_failure = 0;

}  // namespace

void* operator new(size_t size) {
  if (until_failure > 0 && --until_failure == 0) throw std::bad_alloc();
  void* memory = malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }

namespace ovenbird::net {
namespace {

using ::ovenbird::net::testing::Conversation;
using ::ovenbird::net::testing::Server;

TEST(MemoryTest, ARequestEndsWhereverMemoryRunsOut) {
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
    try {
      until_failure = call;
      const absl::StatusOr<Response> response =
          (*client)->Send(request, absl::Seconds(10));
      failed = until_failure == 0;
      until_failure = 0;
      EXPECT_TRUE(failed || response.ok()) << response.status();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    if (!failed) break;
    ++failures;
    // Nothing of the failure is left.
    const auto again = (*client)->Send(request, absl::Seconds(10));
    EXPECT_TRUE(again.ok()) << call << ": " << again.status();
  }
  EXPECT_GT(failures, 10);
}

}  // namespace
}  // namespace ovenbird::net
