#include "runtime/build/trace/otlp.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
#include "runtime/build/trace/trace_parent.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kStart = 1'700'000'000;

absl::Time At(int64_t milliseconds) {
  return absl::FromUnixSeconds(kStart) + absl::Milliseconds(milliseconds);
}

Phase PhaseOf(PhaseKind kind, int64_t start, int64_t end,
              const std::string& text = "") {
  Phase phase;
  phase.kind = kind;
  phase.text = text;
  phase.start = At(start);
  phase.end = At(end);
  return phase;
}

// A run of one image, which fails in its second step.
RunResult FailedRun() {
  RunResult run;
  run.start = At(0);
  run.end = At(5000);
  run.timeline.phases = {PhaseOf(PhaseKind::kPlan, 0, 100)};
  ImageResult& image = run.images.emplace_back();
  image.key = "app";
  image.image = "r.io/app";
  image.tags = {"v1", "latest"};
  image.engine = "kubernetes";
  image.start = At(1000);
  image.end = At(5000);
  image.timeline.phases = {PhaseOf(PhaseKind::kWait, 100, 1000, "base"),
                           PhaseOf(PhaseKind::kSchedule, 1000, 2000, "pod-1"),
                           PhaseOf(PhaseKind::kStep, 2000, 3000, "COPY . ."),
                           PhaseOf(PhaseKind::kStep, 3000, 4900, "RUN make"),
                           PhaseOf(PhaseKind::kCleanUp, 4900, 5000)};
  image.timeline.phases[1].attributes = {{"k8s.pod.name", "pod-1"}};
  Phase& copy = image.timeline.phases[2];
  copy.number = 1;
  copy.count = 2;
  copy.stage = 0;
  copy.cached = true;
  image.timeline.phases[3].failed = true;
  image.failure.emplace();
  image.failure->kind = FailureKind::kBuild;
  image.failure->what = "a command of the Dockerfile failed (exit code 2)";
  return run;
}

// The spans of a trace.
class Trace {
 public:
  explicit Trace(const RunResult& run, const TraceContext& context = {})
      // As a collector gets it.
      : json_(*json::Parse(json::Write(MakeTrace(run, context)))) {}

  const json::Array& spans() const {
    return json_["resourceSpans"][0]["scopeSpans"][0]["spans"].items();
  }
  const json::Value& Of(const std::string& name) const {
    static const json::Value none;
    for (const json::Value& span : spans()) {
      if (span["name"].string_or() == name) return span;
    }
    ADD_FAILURE() << "no span " << name << " in " << json::Write(json_);
    return none;
  }
  std::vector<std::string> NamesUnder(const std::string& parent) const {
    std::vector<std::string> names;
    for (const json::Value& span : spans()) {
      if (span["parentSpanId"].string_or() != parent) continue;
      names.emplace_back(span["name"].string_or());
    }
    return names;
  }
  const json::Value& resource() const {
    return json_["resourceSpans"][0]["resource"]["attributes"];
  }

 private:
  const json::Value json_;
};

// The JSON of an attribute's value; "" without one.
std::string Attribute(const json::Value& span, const std::string& key) {
  for (const json::Value& each : span["attributes"].items()) {
    if (each["key"].string_or() == key) return json::Write(each["value"]);
  }
  return "";
}

int64_t Nanoseconds(const json::Value& text) {
  int64_t result = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text.string_or(), &result));
  return result;
}

TEST(OtlpTest, PhasesAreInTheirImageWhichIsInTheRun) {
  const Trace trace(FailedRun());
  const std::string run(trace.Of("ovenbird build")["spanId"].string_or());
  const std::string image(trace.Of("image app")["spanId"].string_or());
  EXPECT_THAT(trace.NamesUnder(""), ElementsAre("ovenbird build"));
  EXPECT_THAT(trace.NamesUnder(run), ElementsAre("plan", "image app"));
  EXPECT_THAT(trace.NamesUnder(image),
              ElementsAre("wait for base", "schedule pod-1", "[1/2] COPY . .",
                          "RUN make", "clean up"));
  std::set<std::string> traces, ids;
  for (const json::Value& span : trace.spans()) {
    traces.emplace(span["traceId"].string_or());
    ids.emplace(span["spanId"].string_or());
    EXPECT_EQ(span["kind"].int_or(), 1);
  }
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces.begin()->size(), 32u);
  EXPECT_EQ(ids.size(), 8u);
  EXPECT_EQ(ids.begin()->size(), 16u);
}

// The whole time of an image, with its wait, is in its phases.
TEST(OtlpTest, TimesAreInNanoseconds) {
  const Trace trace(FailedRun());
  const json::Value& image = trace.Of("image app");
  EXPECT_EQ(Nanoseconds(image["startTimeUnixNano"]),
            kStart * 1'000'000'000 + 100'000'000);
  EXPECT_EQ(Nanoseconds(image["endTimeUnixNano"]),
            (kStart + 5) * 1'000'000'000);
  int64_t covered = 0;
  for (const json::Value& span : trace.spans()) {
    if (span["parentSpanId"].string_or() != image["spanId"].string_or()) {
      continue;
    }
    covered += Nanoseconds(span["endTimeUnixNano"]) -
               Nanoseconds(span["startTimeUnixNano"]);
  }
  EXPECT_EQ(covered, 4'900'000'000);
}

TEST(OtlpTest, AttributesAreNamedByTheConventions) {
  RunResult run = FailedRun();
  run.images[0].failure.reset();
  run.images[0].timeline.phases[3].failed = false;
  run.images[0].digest = "sha256:12";
  const Trace trace(run);
  const json::Value& image = trace.Of("image app");
  EXPECT_EQ(Attribute(image, "container.image.name"),
            R"({"stringValue":"r.io/app"})");
  EXPECT_EQ(
      Attribute(image, "container.image.tags"),
      R"({"arrayValue":{"values":[{"stringValue":"v1"},{"stringValue":"latest"}]}})");
  EXPECT_EQ(
      Attribute(image, "container.image.repo_digests"),
      R"({"arrayValue":{"values":[{"stringValue":"r.io/app@sha256:12"}]}})");
  EXPECT_EQ(Attribute(image, "oci.manifest.digest"),
            R"({"stringValue":"sha256:12"})");
  EXPECT_EQ(Attribute(image, "error.type"), "");
  EXPECT_TRUE(image["status"]["code"].is_null());
  run.images[0].pushed = false;
  const Trace not_pushed(run);
  EXPECT_EQ(
      Attribute(not_pushed.Of("image app"), "container.image.repo_digests"),
      "");
  EXPECT_EQ(Attribute(trace.Of("schedule pod-1"), "k8s.pod.name"),
            R"({"stringValue":"pod-1"})");
  const json::Value& copy = trace.Of("[1/2] COPY . .");
  EXPECT_EQ(Attribute(copy, "ovenbird.step.cached"), R"({"boolValue":true})");
  EXPECT_EQ(Attribute(copy, "ovenbird.step.stage"), R"({"intValue":"0"})");
  EXPECT_EQ(Attribute(copy, "ovenbird.phase"), R"({"stringValue":"step"})");
  EXPECT_EQ(Attribute(trace.Of("ovenbird build"), "process.exit.code"),
            R"({"intValue":"0"})");
}

TEST(OtlpTest, WhatHasFailedSaysWhy) {
  const Trace trace(FailedRun());
  const std::string what = "a command of the Dockerfile failed (exit code 2)";
  for (const auto& [name, message] : std::map<std::string, std::string>{
           {"ovenbird build", "image `app`: " + what},
           {"image app", what},
           {"RUN make", what}}) {
    const json::Value& span = trace.Of(name);
    EXPECT_EQ(span["status"]["code"].int_or(), 2) << name;
    EXPECT_EQ(span["status"]["message"].string_or(), message) << name;
    EXPECT_EQ(Attribute(span, "error.type"), R"({"stringValue":"build"})");
  }
  EXPECT_TRUE(trace.Of("clean up")["status"]["code"].is_null());
  EXPECT_EQ(Attribute(trace.Of("ovenbird build"), "process.exit.code"),
            R"({"intValue":"1"})");
}

// The node was lost, and the second pod has built the image.
TEST(OtlpTest, AnAttemptThatWasRepeatedHasFailed) {
  RunResult run = FailedRun();
  run.images[0].failure.reset();
  EXPECT_EQ(Trace(run).Of("RUN make")["status"]["message"].string_or(),
            "failed, and was tried again");
  EXPECT_TRUE(Trace(run).Of("image app")["status"]["code"].is_null());
}

// The result's file could not be written.
TEST(OtlpTest, TheExitCodeIsThatOfTheProcess) {
  TraceContext context;
  context.exit_code = 3;
  const Trace trace(FailedRun(), context);
  EXPECT_EQ(Attribute(trace.Of("ovenbird build"), "process.exit.code"),
            R"({"intValue":"3"})");
}

TEST(OtlpTest, ALaterFailureIsNotThatOfARepeatedAttempt) {
  RunResult run = FailedRun();
  run.images[0].timeline.phases.push_back({.kind = PhaseKind::kHooks,
                                           .failed = true,
                                           .start = run.images[0].end,
                                           .end = run.images[0].end});
  run.images[0].failure->what = "a hook failed";
  const Trace trace(run);
  EXPECT_EQ(trace.Of("RUN make")["status"]["message"].string_or(),
            "failed, and was tried again");
  EXPECT_EQ(trace.Of("hooks")["status"]["message"].string_or(),
            "a hook failed");
}

TEST(OtlpTest, AnImageThatWasNotStartedHasASpan) {
  RunResult run = FailedRun();
  ImageResult& other = run.images.emplace_back();
  other.key = "web";
  other.failure.emplace();
  other.failure->what = "not started, because another image failed";
  const Trace trace(run);
  const json::Value& span = trace.Of("image web");
  EXPECT_EQ(Nanoseconds(span["startTimeUnixNano"]),
            (kStart + 5) * 1'000'000'000);
  EXPECT_EQ(span["startTimeUnixNano"].string_or(),
            span["endTimeUnixNano"].string_or());
  EXPECT_EQ(span["status"]["code"].int_or(), 2);
}

TEST(OtlpTest, TheRunIsAPartOfItsParent) {
  TraceContext context;
  context.resource = {{"service.name", "ci"}};
  context.parent = {std::string(32, 'a'), std::string(16, 'b'), "x=1"};
  const Trace trace(FailedRun(), context);
  const json::Value& run = trace.Of("ovenbird build");
  EXPECT_EQ(run["parentSpanId"].string_or(), std::string(16, 'b'));
  for (const json::Value& span : trace.spans()) {
    EXPECT_EQ(span["traceId"].string_or(), std::string(32, 'a'));
    EXPECT_EQ(span["traceState"].string_or(), "x=1");
  }
  EXPECT_EQ(json::Write(trace.resource()),
            R"([{"key":"service.name","value":{"stringValue":"ci"}}])");
}

// A collector that does not know its fate refuses the whole trace.
TEST(OtlpTest, TextsAreUtf8WithoutControlCharacters) {
  RunResult run = FailedRun();
  run.images[0].timeline.phases[3].text = "RUN \x1b[2J\xff";
  const Trace trace(run);
  EXPECT_EQ(trace.NamesUnder(
                std::string(trace.Of("image app")["spanId"].string_or()))[3],
            "RUN \\x1B[2J\\xFF");
}

}  // namespace
}  // namespace ovenbird::build
