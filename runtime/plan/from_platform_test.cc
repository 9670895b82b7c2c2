#include "runtime/plan/from_platform.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::plan {
namespace {

TEST(FromPlatformTest, ReportsOtherPlatforms) {
  const struct {
    const char* dockerfile;
    std::vector<std::string> reported;  // flags
  } kCases[] = {
      {"FROM a\n", {}},
      {"FROM --platform=$BUILDPLATFORM a\n", {}},
      {"FROM --platform=$TARGETPLATFORM a\n", {}},
      {"FROM --platform=linux/arm64 a\n", {}},
      {"FROM --platform=linux/aarch64 a\n", {}},
      {"FROM --platform=linux/amd64 a\n", {"--platform=linux/amd64"}},
      {"FROM --platform=linux/arm64/v9 a\n", {"--platform=linux/arm64/v9"}},
      {"ARG P=linux/amd64\nFROM --platform=$P a\n", {"--platform=$P"}},
      {"FROM --platform=$OTHER a\n", {}},
      {"FROM a AS one\nFROM --platform=linux/amd64 One\n", {}},
      {"FROM --platform=linux/amd64 a AS one\nFROM one\n",
       {"--platform=linux/amd64"}},
  };
  for (const auto& [text, reported] : kCases) {
    const SourceFile file("Dockerfile", text);
    diag::Collector problems;
    const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
    std::vector<int> stages;
    for (const dockerfile::Stage& stage : parsed.stages) {
      stages.push_back(stage.index);
    }
    const dockerfile::BuildArgs args = {{"BUILDPLATFORM", "linux/arm64"},
                                        {"TARGETPLATFORM", "linux/arm64"}};
    ReportOtherPlatforms(parsed, stages, args, *ParsePlatform("linux/arm64"),
                         "kaniko", problems);
    std::vector<std::string> found;
    for (const diag::Diagnostic& problem : problems.diagnostics()) {
      found.push_back(file.text().substr(
          problem.span.begin, problem.span.end - problem.span.begin));
    }
    EXPECT_EQ(found, reported) << text;
  }
}

TEST(FromPlatformTest, LooksOnlyAtTheStages) {
  const SourceFile file("Dockerfile",
                        "FROM --platform=linux/amd64 a AS one\nFROM b\n");
  diag::Collector problems;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
  const dockerfile::BuildArgs args;
  const Platform platform = *ParsePlatform("linux/arm64");
  ReportOtherPlatforms(parsed, {1}, args, platform, "kaniko", problems);
  EXPECT_TRUE(problems.diagnostics().empty());
  ReportOtherPlatforms(parsed, {0, 1}, args, platform, "kaniko", problems);
  ASSERT_EQ(problems.diagnostics().size(), 1u);
  EXPECT_EQ(problems.diagnostics()[0].message,
            "kaniko ignores `--platform=linux/amd64`: the stage starts from "
            "the image for linux/arm64");
}

}  // namespace
}  // namespace ovenbird::plan
