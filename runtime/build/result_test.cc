#include "runtime/build/result.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

Failure Because(FailureKind kind) {
  Failure failure;
  failure.kind = kind;
  failure.what = "broken";
  return failure;
}

// Programs read these names: a change here breaks them.
TEST(ResultTest, Json) {
  RunResult result;
  ImageResult good;
  good.key = "app";
  good.image = "r.io/app";
  good.tags = {"1", "2"};
  good.digest = "sha256:12";
  good.engine = "kubernetes";
  good.duration = absl::Milliseconds(1234.5);
  good.log_file = "app.log";
  good.warnings = {"careful"};
  ImageResult bad;
  bad.key = "web";
  bad.image = "r.io/web";
  bad.engine = "local";
  bad.platforms = {{"linux/amd64", "sha256:34"}, {"linux/arm64", ""}};
  bad.failure = Because(FailureKind::kBuild);
  bad.failure->details = {"line 1"};
  bad.failure->hint = "fix it";
  ImageResult same = good;
  same.key = "same";
  same.log_file.clear();
  same.warnings.clear();
  same.skipped = true;
  ImageResult kept = same;
  kept.key = "kept";
  kept.skipped = false;
  kept.pushed = false;
  kept.output_tar = "kept.tar";
  result.images = {good, bad, same, kept};
  result.failure = Because(FailureKind::kEnvironment);
  EXPECT_EQ(json::Write(ToJson(result), true), R"({
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
      "engine": "kubernetes",
      "seconds": 1.234,
      "logFile": "app.log",
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
      "image": "r.io/app",
      "tags": [
        "1",
        "2"
      ],
      "ok": true,
      "digest": "sha256:12",
      "skipped": true,
      "engine": "kubernetes",
      "seconds": 1.234
    },
    {
      "key": "kept",
      "image": "r.io/app",
      "tags": [
        "1",
        "2"
      ],
      "ok": true,
      "digest": "sha256:12",
      "pushed": false,
      "engine": "kubernetes",
      "seconds": 1.234,
      "output": "kept.tar"
    }
  ],
  "failure": {
    "kind": "environment",
    "what": "broken"
  }
})");
}

struct Case {
  const char* name;
  std::vector<FailureKind> images;
  std::vector<FailureKind> hooks;
  int code;
};

class ExitCodeTest : public testing::TestWithParam<Case> {};

TEST_P(ExitCodeTest, IsTheHighest) {
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
             {FailureKind::kEnvironment, FailureKind::kBuild},
             {},
             3},
        Case{"Interrupted",
             {FailureKind::kInterrupted, FailureKind::kEnvironment},
             {},
             130},
        Case{"Hooks", {}, {FailureKind::kEnvironment}, 3}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

}  // namespace
}  // namespace ovenbird::build
