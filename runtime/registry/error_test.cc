#include "runtime/registry/error.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/net/message.h"

namespace ovenbird::registry {
namespace {

absl::Status ErrorOf(int status, const std::string& body = "") {
  return ResponseError("GET /v2/a", net::Response{status, {}, body});
}

TEST(ErrorTest, CodesAndNames) {
  struct Case {
    int status;
    absl::StatusCode code;
    const char* message;
  };
  for (const Case& c :
       {Case{400, absl::StatusCode::kFailedPrecondition, "400 Bad Request"},
        Case{401, absl::StatusCode::kUnauthenticated, "401 Unauthorized"},
        Case{403, absl::StatusCode::kPermissionDenied, "403 Forbidden"},
        Case{404, absl::StatusCode::kNotFound, "404 Not Found"},
        Case{405, absl::StatusCode::kFailedPrecondition,
             "405 Method Not Allowed"},
        Case{418, absl::StatusCode::kFailedPrecondition, "418"},
        Case{429, absl::StatusCode::kResourceExhausted,
             "429 Too Many Requests"},
        Case{500, absl::StatusCode::kUnavailable, "500 Internal Server Error"},
        Case{502, absl::StatusCode::kUnavailable, "502 Bad Gateway"},
        Case{503, absl::StatusCode::kUnavailable, "503 Service Unavailable"},
        Case{599, absl::StatusCode::kUnavailable, "599"},
        // A redirect or a success where none is expected.
        Case{302, absl::StatusCode::kFailedPrecondition, "302"},
        Case{200, absl::StatusCode::kFailedPrecondition, "200"}}) {
    const absl::Status status = ErrorOf(c.status);
    EXPECT_EQ(status.code(), c.code) << c.status;
    EXPECT_EQ(status.message(), absl::StrCat("GET /v2/a: ", c.message));
  }
}

TEST(ErrorTest, WhatTheOtherSideSays) {
  struct Case {
    std::string body;
    const char* said;  // after the status
  };
  for (const Case& c : {
           Case{R"({"errors":[{"code":"DENIED","message":"no access"}]})",
                ": DENIED: no access"},
           // The first one is enough.
           Case{R"({"errors":[{"code":"A","message":"b"},{"code":"C"}]})",
                ": A: b"},
           Case{R"({"errors":[{"code":"DENIED"}]})", ": DENIED"},
           Case{R"({"errors":[{"message":"no access"}]})", ": no access"},
           // Of token servers and of cloud registries.
           Case{R"({"details":"incorrect username or password"})",
                ": incorrect username or password"},
           Case{R"({"message":"token has expired"})", ": token has expired"},
           Case{R"({"errors":[],"message":"x"})", ": x"},
           Case{R"({"errors":[{"code":"A"}],"message":"x"})", ": A: x"},
           // JSON that says nothing.
           Case{"{}", ""},
           Case{"[]", ""},
           Case{"null", ""},
           Case{R"({"errors":"many","message":5})", ""},
           // Other text: its first line, at most 200 bytes of it.
           Case{"", ""},
           Case{" \r\n ", ""},
           Case{"  no such repository\nsecond line\n", ": no such repository"},
           Case{"<html><body>Bad gateway", ""},
           Case{"\n<!DOCTYPE html>", ""},
       }) {
    EXPECT_EQ(ErrorOf(403, c.body).message(),
              absl::StrCat("GET /v2/a: 403 Forbidden", c.said))
        << c.body;
  }
  EXPECT_EQ(ErrorOf(403, std::string(5000, 'x')).message(),
            absl::StrCat("GET /v2/a: 403 Forbidden: ", std::string(200, 'x')));
}

TEST(ErrorTest, AHintIsAppended) {
  absl::Status status = absl::NotFoundError("a is missing");
  status.SetPayload("key", absl::Cord("value"));
  EXPECT_EQ(WithHint(status, "; create it"),
            absl::NotFoundError("a is missing; create it"));
}

}  // namespace
}  // namespace ovenbird::registry
