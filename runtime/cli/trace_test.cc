#include "runtime/cli/trace.h"

#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/cli/testing/verbs_fixture.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::cli {
namespace {

using net::testing::Server;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// `build` of an image that a command builds, with a collector.
class TraceTest : public VerbsTest {
 protected:
  TraceTest() {
    for (const char* name :
         {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SDK_DISABLED", "TRACEPARENT"}) {
      unsetenv(name);
    }
    setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server_.url().Origin().c_str(), 1);
  }
  ~TraceTest() override { unsetenv("OTEL_EXPORTER_OTLP_ENDPOINT"); }

  End Build(const std::string& command, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), "build");
    return RunWithConfig(
        absl::StrCat("images: {app: {image: \"127.0.0.1:1/app\", tags: [v1], "
                     "build: {custom: {command: sh, args: [-c, \"",
                     command, "\"]}}}}\n"),
        flags);
  }
  std::vector<std::string> received() {
    MutexLock lock(&mutex_);
    return received_;
  }

 private:
  Mutex mutex_;
  std::vector<std::string> received_ ABSL_GUARDED_BY(mutex_);
  Server server_{net::testing::EachRequest([this](const net::Request& request) {
    MutexLock lock(&mutex_);
    received_.push_back(request.body);
    return net::Response{200, {}, "{}"};
  })};
};

int64_t TimeOf(const json::Value& span, absl::string_view which) {
  int64_t time = 0;
  EXPECT_TRUE(absl::SimpleAtoi(span[which].string_or(), &time));
  return time;
}

int64_t DurationOf(const json::Value& span) {
  return TimeOf(span, "endTimeUnixNano") - TimeOf(span, "startTimeUnixNano");
}

TEST_F(TraceTest, PhasesCoverTheWholeTime) {
  const End end = Build("sleep 0.5", {"--trace", Path("trace.json")});
  ASSERT_EQ(end.code, 0) << end.err;
  ASSERT_EQ(received().size(), 1u);
  EXPECT_EQ(*ReadFile(Path("trace.json")), absl::StrCat(received()[0], "\n"));
  const json::Value trace = *json::Parse(received()[0]);
  json::Array spans;
  std::vector<std::string> names;
  for (const json::Value& span :
       trace["resourceSpans"][0]["scopeSpans"][0]["spans"].items()) {
    // On a busy machine the image waits some milliseconds for its thread.
    if (span["name"].string_or() == "wait") continue;
    spans.push_back(span);
    names.emplace_back(span["name"].string_or());
    EXPECT_EQ(span["status"], json::Value(json::Object{}));
  }
  ASSERT_THAT(names, ElementsAre("ovenbird build", "plan", "image app", "check",
                                 "prepare", "build"));
  EXPECT_EQ(spans[2]["parentSpanId"], spans[0]["spanId"]);
  const auto children_of = [&](size_t parent) {
    int64_t total = 0;
    for (const json::Value& span : spans) {
      if (span["parentSpanId"] == spans[parent]["spanId"]) {
        total += DurationOf(span);
      }
    }
    return total;
  };
  EXPECT_GE(DurationOf(spans[5]), 500'000'000);
  for (size_t parent : {0u, 2u}) {
    EXPECT_GE(children_of(parent), DurationOf(spans[parent]) / 100 * 95);
    EXPECT_LE(children_of(parent), DurationOf(spans[parent]));
  }
}

TEST_F(TraceTest, AFailureIsTraced) {
  const End end = Build("exit 3");
  EXPECT_EQ(end.code, 1);
  ASSERT_EQ(received().size(), 1u);
  EXPECT_THAT(received()[0], HasSubstr("failed with exit code 3"));
}

TEST_F(TraceTest, WithoutACollectorThereIsOneWarning) {
  setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", 1);
  End end = Build("true");
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.err, HasSubstr("warning: the trace is not sent: "));
  EXPECT_THAT(end.err, HasSubstr("connection refused"));
  setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", 1);
  end = Build("true");
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.err, HasSubstr("the trace is not sent: OTEL_EXPORTER_OTLP_"));
}

TEST_F(TraceTest, WhatTheParentDoesNotRecordIsNotSent) {
  setenv("TRACEPARENT",
         "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", 1);
  const End end = Build("true", {"--trace", Path("trace.json")});
  unsetenv("TRACEPARENT");
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(received(), ElementsAre());
  EXPECT_THAT(*ReadFile(Path("trace.json")),
              HasSubstr("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\""));
}

TEST_F(TraceTest, AFileThatCannotBeWritten) {
  End end = Build("true", {"--trace", Path("no/trace.json")});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, HasSubstr("no` does not exist"));
  end = Build("true", {"--trace", "/dev/full"});
  EXPECT_EQ(end.code, 3) << end.err;
  EXPECT_EQ(received().size(), 1u);
}

// What a program prints is no command for GitHub's runner.
TEST_F(TraceTest, GroupsOfGitHubActions) {
  setenv("GITHUB_ACTIONS", "true", 1);
  const End end = Build("echo ::set-output name=x::y; exit 3");
  unsetenv("GITHUB_ACTIONS");
  EXPECT_EQ(end.code, 1);
  const std::string& err = end.err;
  const size_t stop = err.find("::stop-commands::");
  const size_t group = err.find("::group::app\n");
  const size_t evil = err.find("::set-output name=x::y\n");
  const size_t end_of_group = err.find("::endgroup::\n");
  const size_t error = err.find("::error title=image app::");
  for (size_t at : {stop, group, evil, end_of_group, error}) {
    ASSERT_NE(at, std::string::npos) << err;
  }
  EXPECT_LT(stop, group);
  EXPECT_LT(group, evil);
  EXPECT_LT(evil, end_of_group);
  EXPECT_LT(end_of_group, error);
  const std::string token =
      err.substr(stop + 17, err.find('\n', stop) - stop - 17);
  const std::string resume = absl::StrCat("::", token, "::\n");
  // It is read again for the commands of Ovenbird alone.
  EXPECT_TRUE(absl::EndsWith(err.substr(0, group), resume));
  EXPECT_TRUE(absl::EndsWith(err.substr(0, end_of_group), resume));
  EXPECT_TRUE(absl::EndsWith(err.substr(0, error), resume));
}

}  // namespace
}  // namespace ovenbird::cli
