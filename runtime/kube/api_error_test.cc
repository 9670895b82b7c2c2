#include "runtime/kube/api_error.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/net/message.h"

namespace ovenbird::kube {
namespace {

net::Response Answer(int status, const std::string& body) {
  net::Response response;
  response.status = status;
  response.body = body;
  return response;
}

TEST(ApiErrorTest, Codes) {
  struct Case {
    int http;
    const char* reason;
    absl::StatusCode code;
  };
  for (const Case& c :
       {Case{400, "BadRequest", absl::StatusCode::kInvalidArgument},
        Case{401, "Unauthorized", absl::StatusCode::kUnauthenticated},
        Case{403, "Forbidden", absl::StatusCode::kPermissionDenied},
        Case{404, "NotFound", absl::StatusCode::kNotFound},
        Case{409, "AlreadyExists", absl::StatusCode::kAlreadyExists},
        Case{409, "Conflict", absl::StatusCode::kAborted},
        Case{410, "Expired", absl::StatusCode::kOutOfRange},
        Case{418, "", absl::StatusCode::kFailedPrecondition},
        Case{422, "Invalid", absl::StatusCode::kInvalidArgument},
        Case{429, "TooManyRequests", absl::StatusCode::kResourceExhausted},
        Case{500, "InternalError", absl::StatusCode::kInternal},
        Case{502, "", absl::StatusCode::kUnavailable},
        Case{503, "", absl::StatusCode::kUnavailable},
        Case{504, "", absl::StatusCode::kUnavailable}}) {
    const absl::Status status = StatusFromResponse(
        Answer(c.http, std::string(R"({"kind": "Status", "reason": ")") +
                           c.reason + R"(", "message": "no"})"),
        "create pod `x`");
    EXPECT_EQ(status.code(), c.code) << c.http;
    EXPECT_EQ(status.message(), "cannot create pod `x`: no") << c.http;
    const std::optional<ApiError> error = ApiErrorOf(status);
    ASSERT_TRUE(error) << c.http;
    EXPECT_EQ(error->code, c.http);
    EXPECT_EQ(error->reason, c.reason);
    EXPECT_EQ(error->message, "no");
  }
}

TEST(ApiErrorTest, AnswersOfOthers) {
  const absl::Status page =
      StatusFromResponse(Answer(502, "\n<html>Bad gateway\nmore"), "list pods");
  EXPECT_EQ(page.message(),
            "cannot list pods: the server answers HTTP 502: <html>Bad gateway");
  EXPECT_EQ(ApiErrorOf(page)->code, 502);
  EXPECT_EQ(StatusFromResponse(Answer(503, ""), "list pods").message(),
            "cannot list pods: the server answers HTTP 503");
  // JSON that is not a Status.
  EXPECT_EQ(StatusFromResponse(Answer(500, "{}"), "list pods").message(),
            "cannot list pods: the server answers HTTP 500: {}");
  EXPECT_LT(StatusFromResponse(Answer(500, std::string(5000, 'x')), "a")
                .message()
                .size(),
            400u);
}

TEST(ApiErrorTest, StatusObjects) {
  json::Value object = json::Object{
      {"code", 404}, {"reason", "NotFound"}, {"message", "no such pod"}};
  EXPECT_EQ(StatusFromObject(object, "watch pods"),
            StatusFromObject(object, "watch pods"));
  EXPECT_TRUE(absl::IsNotFound(StatusFromObject(object, "watch pods")));
  const absl::Status empty = StatusFromObject(json::Object{}, "watch pods");
  EXPECT_TRUE(absl::IsInternal(empty));
  EXPECT_EQ(empty.message(), "cannot watch pods: no reason given");
}

TEST(ApiErrorTest, StatusesOfOthersHaveNone) {
  EXPECT_FALSE(ApiErrorOf(absl::NotFoundError("x")));
  EXPECT_FALSE(ApiErrorOf(absl::OkStatus()));
}

TEST(ApiErrorTest, RetryAfter) {
  struct Case {
    int http;
    const char* header;
    std::optional<absl::Duration> wait;
  };
  for (const Case& c :
       {Case{429, "3", absl::Seconds(3)}, Case{503, "0", absl::ZeroDuration()},
        Case{503, "-1", std::nullopt}, Case{503, "", std::nullopt},
        Case{503, "Wed, 21 Oct 2026", std::nullopt},
        Case{404, "3", std::nullopt}}) {
    net::Response response = Answer(c.http, "");
    response.headers = {{"Retry-After", c.header}};
    EXPECT_EQ(RetryAfter(response), c.wait) << c.http << " " << c.header;
  }
}

}  // namespace
}  // namespace ovenbird::kube
