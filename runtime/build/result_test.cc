#include "runtime/build/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/build/failure.h"
#include "runtime/build/timeline.h"

namespace ovenbird::build {
namespace {

Failure Because(FailureKind kind) {
  Failure failure;
  failure.kind = kind;
  failure.what = "broken";
  return failure;
}

constexpr absl::Time kStart = absl::UnixEpoch();

RunResult OneOfEachKind() {
  RunResult result;
  result.version = "1.2";
  result.start = kStart;
  result.end = kStart + absl::Milliseconds(61'001);
  ImageResult good;
  good.key = "app";
  good.image = "r.io/app";
  good.tags = {"1", "2"};
  good.digest = "sha256:12";
  good.engine = "kubernetes";
  good.executor = "r.io/kaniko:v1.24.0-debug";
  good.start = kStart;
  good.end = kStart + absl::Milliseconds(1234);
  good.duration = absl::Milliseconds(1234.5);
  good.timeline.phases = {
      {.kind = PhaseKind::kCleanUp, .start = kStart, .end = kStart},
      {.kind = PhaseKind::kStep,
       .text = "RUN x",
       .number = 2,
       .count = 9,
       .stage = 0,
       .cached = true,
       .failed = true,
       .platform = "linux/arm64",
       .start = kStart,
       .end = kStart}};
  good.context_bytes = 3;
  good.image_bytes = 45;
  good.log_file = "/logs/../app.log";
  good.warnings = {"careful"};
  ImageResult bad;
  bad.key = "web";
  bad.image = "r.io/web";
  bad.engine = "local";
  bad.platforms = {{"linux/amd64", "sha256:34"}, {"linux/arm64", ""}};
  bad.failure = Because(FailureKind::kBuild);
  bad.failure->details = {"line 1"};
  bad.failure->hint = "fix it";
  ImageResult same;
  same.key = "same";
  same.image = "r.io/same";
  same.digest = "sha256:56";
  same.engine = "docker";
  same.skipped = true;
  ImageResult kept = same;
  kept.key = "kept";
  kept.engine = "custom";
  kept.skipped = false;
  kept.pushed = false;
  kept.output_tar = "kept.tar";
  result.images = {good, bad, same, kept};
  result.timeline.phases = {
      {.kind = PhaseKind::kHooks, .start = kStart, .end = kStart}};
  result.failure = Because(FailureKind::kEnvironment);
  return result;
}

// Programs read these names: a change here breaks them.
TEST(ResultTest, Json) {
  EXPECT_EQ(ToJson(OneOfEachKind(), /*pretty=*/true), R"({
  "schemaVersion": 1,
  "version": "1.2",
  "start": "1970-01-01T00:00:00.000Z",
  "end": "1970-01-01T00:01:01.001Z",
  "images": [
    {
      "key": "app",
      "image": "r.io/app",
      "tags": [
        "1",
        "2"
      ],
      "ok": true,
      "digest": "sha256:12",
      "ref": "r.io/app@sha256:12",
      "engine": "kubernetes",
      "executor": {
        "image": "r.io/kaniko:v1.24.0-debug",
        "version": "v1.24.0"
      },
      "start": "1970-01-01T00:00:00.000Z",
      "end": "1970-01-01T00:00:01.234Z",
      "seconds": 1.234,
      "steps": [
        {
          "kind": "clean-up",
          "start": "1970-01-01T00:00:00.000Z",
          "end": "1970-01-01T00:00:00.000Z"
        },
        {
          "kind": "step",
          "text": "RUN x",
          "number": 2,
          "count": 9,
          "stage": 0,
          "cached": true,
          "failed": true,
          "platform": "linux/arm64",
          "start": "1970-01-01T00:00:00.000Z",
          "end": "1970-01-01T00:00:00.000Z"
        }
      ],
      "contextBytes": 3,
      "imageBytes": 45,
      "logFile": "/app.log",
      "warnings": [
        "careful"
      ]
    },
    {
      "key": "web",
      "image": "r.io/web",
      "tags": [],
      "ok": false,
      "platforms": [
        {
          "platform": "linux/amd64",
          "digest": "sha256:34"
        },
        {
          "platform": "linux/arm64"
        }
      ],
      "engine": "local",
      "seconds": 0,
      "failure": {
        "kind": "build",
        "what": "broken",
        "details": [
          "line 1"
        ],
        "hint": "fix it"
      }
    },
    {
      "key": "same",
      "image": "r.io/same",
      "tags": [],
      "ok": true,
      "digest": "sha256:56",
      "ref": "r.io/same@sha256:56",
      "skipped": true,
      "engine": "docker",
      "seconds": 0
    },
    {
      "key": "kept",
      "image": "r.io/same",
      "tags": [],
      "ok": true,
      "digest": "sha256:56",
      "pushed": false,
      "engine": "custom",
      "seconds": 0,
      "output": "kept.tar"
    }
  ],
  "steps": [
    {
      "kind": "hooks",
      "start": "1970-01-01T00:00:00.000Z",
      "end": "1970-01-01T00:00:00.000Z"
    }
  ],
  "failure": {
    "kind": "environment",
    "what": "broken"
  }
})");
}

// What is deployed is in the registry.
TEST(ResultTest, RefIsOfAPushedImage) {
  ImageResult image;
  image.image = "r.io/app";
  EXPECT_EQ(RefOf(image), std::nullopt);
  image.digest = "sha256:12";
  EXPECT_EQ(RefOf(image), "r.io/app@sha256:12");
  image.failure = Because(FailureKind::kBuild);
  EXPECT_EQ(RefOf(image), std::nullopt);
  EXPECT_EQ(ToRecord(image).ref, std::nullopt);
  image.failure.reset();
  image.pushed = false;
  EXPECT_EQ(RefOf(image), std::nullopt);
}

TEST(ResultTest, OneLineForOutputs) {
  const std::string json = ToJson(OneOfEachKind(), /*pretty=*/false);
  EXPECT_EQ(json.find('\n'), std::string::npos) << json;
}

// A kind without a value in the schema would get that of another.
TEST(ResultTest, EachKindOfPhaseHasAValue) {
  for (int kind = 0; kind <= static_cast<int>(PhaseKind::kPlan); ++kind) {
    Phase phase;
    phase.kind = static_cast<PhaseKind>(kind);
    EXPECT_EQ(ToString(ToRecord(phase).kind), Name(phase.kind));
  }
}

TEST(ResultTest, ARelativeLogFileBecomesAbsolute) {
  ImageResult image;
  image.log_file = ".ovenbird/logs/app.log";
  EXPECT_EQ(
      *ToRecord(image).log_file,
      (std::filesystem::current_path() / ".ovenbird/logs/app.log").string());
}

struct Case {
  const char* name;
  std::vector<FailureKind> images;
  std::vector<FailureKind> hooks;
  int code;
};

class ExitCodeTest : public testing::TestWithParam<Case> {};

TEST_P(ExitCodeTest, EnvironmentOnlyIfAllFailuresAre) {
  RunResult result;
  result.images.emplace_back();
  for (FailureKind kind : GetParam().images) {
    result.images.emplace_back();
    result.images.back().failure = Because(kind);
  }
  for (FailureKind kind : GetParam().hooks) result.failure = Because(kind);
  EXPECT_EQ(ExitCode(result), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExitCodeTest,
    testing::Values(
        Case{"Good", {}, {}, 0}, Case{"Build", {FailureKind::kBuild}, {}, 1},
        Case{"Config", {FailureKind::kBuild, FailureKind::kConfig}, {}, 2},
        Case{"Environment",
             {FailureKind::kEnvironment, FailureKind::kEnvironment},
             {},
             3},
        Case{"BuildAndEnvironment",
             {FailureKind::kEnvironment, FailureKind::kBuild},
             {},
             1},
        Case{"HookAndEnvironment",
             {FailureKind::kEnvironment},
             {FailureKind::kBuild},
             1},
        Case{"ConfigAndEnvironment",
             {FailureKind::kConfig, FailureKind::kEnvironment},
             {},
             2},
        Case{"Interrupted",
             {FailureKind::kInterrupted, FailureKind::kEnvironment},
             {},
             130},
        Case{"Hooks", {}, {FailureKind::kEnvironment}, 3}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

}  // namespace
}  // namespace ovenbird::build
