#include "runtime/plan/platform_check.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/testing/plans_dockerfiles.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {
namespace {

using ::testing::EndsWith;

using PlatformCheckTest = testing::PlansDockerfiles;

// What executors do with platforms that BuildKit does not: "" where the image
// is equal, else the message.
TEST_F(PlatformCheckTest, ReportsPlatforms) {
  config::Kaniko kaniko;
  kaniko_ = &kaniko;
  base_image_ = [](const BaseQuestion& question) {
    BaseAnswer answer;
    if (question.image == "none") return answer;
    rewrite::BaseImage image;
    image.digest = absl::StrCat("sha256:", std::string(64, '1'));
    image.is_of_index =
        question.image != "single" && question.image != "foreign";
    if (question.image == "v7") image.variant = "v7";
    image.architecture = question.image == "foreign" ? "arm64" : "amd64";
    answer.image = std::make_shared<const rewrite::BaseImage>(image);
    return answer;
  };
  const char kNew[] = "gcr.io/kaniko-project/executor:v1.24.0";
  const char kOld[] = "gcr.io/kaniko-project/executor:v0.19.0";
  const struct {
    const char* executor;
    const char* platform;
    bool is_for_platform;
    const char* text;
    const char* reported;
  } kCases[] = {
      {kNew, "linux/amd64", false, "FROM --platform=linux/arm64 single\n", ""},
      {kNew, "linux/amd64", false, "FROM --platform=$BUILDPLATFORM a\n", ""},
      {kNew, "linux/amd64", false,
       "FROM --platform=linux/arm64 a AS b\nFROM a\nCOPY --from=b /a /b\n", ""},
      {kNew, "", false, "FROM --platform=linux/arm64 single\n", ""},
      {kNew, "", false, "FROM --platform=$BUILDPLATFORM a\n", ""},
      // The base image is the right one, but not what is written of it.
      {kNew, "linux/amd64", false, "FROM --platform=linux/arm64 a\n",
       "writes the architecture of its node into the image, not arm64"},
      {kNew, "", false, "FROM --platform=linux/arm64 a AS b\nFROM b\n",
       "writes the architecture of its node into the image, not arm64"},
      {kOld, "linux/amd64", false, "FROM --platform=linux/arm64 a\n", ""},
      {kNew, "linux/amd64", true, "FROM --platform=linux/arm64 a\n", ""},
      {kOld, "linux/amd64", true, "FROM --platform=linux/arm64 a\n",
       "writes the architecture arm64 into the image for linux/amd64"},
      {kNew, "linux/amd64", false, "FROM foreign AS b\nFROM b\nCOPY a /a\n",
       "writes the architecture of its node into the image, not arm64"},
      {kNew, "linux/amd64", false, "FROM foreign\nRUN x\n", ""},
      {kNew, "linux/amd64", true, "FROM foreign\n", ""},
      {kNew, "linux/arm64", false, "FROM foreign\n", ""},
      {kNew, "linux/amd64", false, "FROM single\n", ""},
      {kNew, "", false, "FROM foreign\n", ""},
      {kOld, "linux/amd64", false, "FROM foreign\n", ""},
      {kOld, "linux/amd64", true, "FROM foreign\n",
       "writes the architecture arm64 into the image for linux/amd64"},
      {kNew, "linux/amd64", false, "FROM --platform=linux/arm64 none\n",
       "ignores `--platform=linux/arm64`: the stage starts from the image for "
       "linux/amd64"},
      {kNew, "", false, "FROM --platform=linux/arm64 a\nRUN x\n",
       "ignores `--platform=linux/arm64`: the stage starts from the image for "
       "the platform of its node"},
      {kNew, "linux/arm/v7", true, "FROM v7\n", ""},
      {kNew, "linux/arm/v7", false, "FROM scratch\n", ""},
      {kNew, "linux/arm/v7", true, "FROM scratch\n",
       "leaves the variant `v7` out of the image's configuration"},
      {kNew, "linux/arm/v7", true, "FROM a AS b\nFROM b\n",
       "leaves the variant `v7` out of the image's configuration"},
      {kNew, "linux/arm/v7", true, "FROM none\n", ""},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(absl::StrCat(one.executor, " ", one.platform, "\n", one.text));
    executor_ = one.executor;
    platform_ = one.platform;
    is_for_platform_ = one.is_for_platform;
    Make(one.text);
    std::string messages;
    for (const diag::Diagnostic& problem : problems_.diagnostics()) {
      absl::StrAppend(&messages, problem.message);
    }
    if (*one.reported == '\0') {
      EXPECT_EQ(messages, "");
    } else {
      EXPECT_THAT(messages, EndsWith(one.reported));
    }
  }
}

}  // namespace
}  // namespace ovenbird::plan
