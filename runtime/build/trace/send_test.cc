#include "runtime/build/trace/send.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/trace/settings.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using net::testing::Conversation;
using net::testing::Server;
using ::ovenbird::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

TraceCollector CollectorAt(const Server& server) {
  TraceCollector collector;
  collector.url = server.url();
  collector.url.target = "/v1/traces";
  collector.headers = {{"api-key", "k"}};
  collector.timeout = absl::Seconds(30);
  return collector;
}

// Returns the status of a trace that gets this answer.
absl::Status Answered(int status, const std::string& body,
                      const net::Headers& headers = {}) {
  const Server server([&](Conversation& c) {
    while (c.Next()) c.Reply(status, body, headers);
  });
  return SendTrace(CollectorAt(server), "{}");
}

TEST(SendTraceTest, PostsTheTraceOnce) {
  std::string got;
  {
    const Server server([&](Conversation& c) {
      while (const auto request = c.Next()) {
        absl::StrAppend(&got, request->method, " ", request->target, " ",
                        net::FindHeader(request->headers, "content-type"), " ",
                        net::FindHeader(request->headers, "api-key"), " ",
                        request->body, "\n");
        c.Reply(200, "{}");
      }
    });
    EXPECT_THAT(SendTrace(CollectorAt(server), R"({"a":1})"), IsOk());
  }
  EXPECT_EQ(got, "POST /v1/traces application/json k {\"a\":1}\n");
}

TEST(SendTraceTest, AnAnswerThatRefuses) {
  EXPECT_THAT(Answered(200, ""), IsOk());
  EXPECT_THAT(Answered(200, R"({"partialSuccess":{}})"), IsOk());
  EXPECT_THAT(Answered(200, R"({"partialSuccess":{"rejectedSpans":"0"}})"),
              IsOk());
  EXPECT_THAT(Answered(200, R"({"partialSuccess":{"rejectedSpans":"3",
                        "errorMessage":"quota"}})")
                  .message(),
              HasSubstr("spans were rejected: quota"));
  EXPECT_THAT(Answered(401, R"({"code":16,"message":"no key"})").message(),
              HasSubstr(": HTTP status 401: no key"));
  EXPECT_THAT(Answered(503, "\x1b[2J" + std::string(5000, 'x')).message(),
              HasSubstr("HTTP status 503: \\x1B[2Jxxx"));
  EXPECT_LT(Answered(503, std::string(5000, 'x')).message().size(), 300u);
  // The headers are for this collector only.
  EXPECT_THAT(
      Answered(307, "", {{"Location", "http://127.0.0.1:1/"}}).message(),
      HasSubstr("HTTP status 307"));
}

// A collector may repeat what it got.
TEST(SendTraceTest, ShowsNoHeaders) {
  for (const char* body :
       {R"({"message":"no key s3cret-key, no token abcdef"})",
        "no key s3cret-key, no token abcdef",
        R"({"partialSuccess":{"rejectedSpans":"1",
            "errorMessage":"key s3cret-key of Bearer abcdef"}})"}) {
    for (const int status : {200, 401}) {
      const Server server([&](Conversation& c) {
        while (c.Next()) c.Reply(status, body);
      });
      TraceCollector collector = CollectorAt(server);
      collector.headers = {{"api-key", "s3cret-key"},
                           {"Authorization", "Bearer abcdef"}};
      const absl::Status sent = SendTrace(collector, "{}");
      EXPECT_THAT(sent.message(), Not(HasSubstr("s3cret"))) << body;
      EXPECT_THAT(sent.message(), Not(HasSubstr("abcdef"))) << body;
      if (status != 401) continue;
      EXPECT_THAT(sent.message(), HasSubstr("***"));
    }
  }
}

TEST(SendTraceTest, ACollectorThatIsDownOrSlow) {
  TraceCollector collector;
  {
    const Server server([](Conversation&) {});
    collector = CollectorAt(server);
  }
  EXPECT_EQ(SendTrace(collector, "{}").code(), absl::StatusCode::kUnavailable);

  const Server silent([](Conversation& c) {
    c.Next();
    c.WaitForClose();
  });
  collector = CollectorAt(silent);
  collector.timeout = absl::Milliseconds(50);
  const absl::Time start = absl::Now();
  EXPECT_EQ(SendTrace(collector, "{}").code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST(SendTraceTest, EndsWhenItIsCancelled) {
  Cancellation cancel;
  const Server silent([&](Conversation& c) {
    c.Next();
    cancel.Cancel();
    c.WaitForClose();
  });
  EXPECT_EQ(SendTrace(CollectorAt(silent), "{}", &cancel).code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace ovenbird::build
