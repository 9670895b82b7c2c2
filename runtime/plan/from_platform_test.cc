#include "runtime/plan/from_platform.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {
namespace {

const char* const kDigest =
    "sha256:"
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::vector<int> AllStages(const dockerfile::Dockerfile& dockerfile) {
  std::vector<int> stages;
  for (const dockerfile::Stage& stage : dockerfile.stages) {
    stages.push_back(stage.index);
  }
  return stages;
}

// `single` is an image for one platform, `run` one whose ONBUILD has a RUN.
std::shared_ptr<const rewrite::BaseImage> Find(const std::string& name,
                                               const Platform&) {
  if (name == "none") return nullptr;
  rewrite::BaseImage image;
  image.digest = kDigest;
  image.is_of_index = name != "single";
  if (name == "run") image.onbuild = {"run true"};
  return std::make_shared<const rewrite::BaseImage>(image);
}

// Returns "STAGE FLAG IMAGE" of each, for a build for linux/arm64.
std::string Others(const std::string& text,
                   const char* platform = "linux/arm64") {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
  const dockerfile::BuildArgs args = {{"BUILDPLATFORM", "linux/arm64"},
                                      {"TARGETPLATFORM", "linux/arm64"}};
  std::optional<Platform> known;
  if (*platform != '\0') known = *ParsePlatform(platform);
  std::string found;
  for (const OtherBase& other :
       FindOtherBases(parsed, AllStages(parsed), args, known, Find)) {
    absl::StrAppend(
        &found, other.stage, " ",
        file.text().substr(other.flag.begin, other.flag.end - other.flag.begin),
        " ", other.image, "\n");
  }
  return found;
}

TEST(FromPlatformTest, FindsOtherPlatforms) {
  const std::string pinned = absl::StrCat("a@", kDigest);
  const struct {
    const char* dockerfile;
    std::string found;
  } kCases[] = {
      {"FROM a\n", ""},
      {"FROM --platform=$BUILDPLATFORM a\n", ""},
      {"FROM --platform=$TARGETPLATFORM a\n", ""},
      {"FROM --platform=linux/arm64 a\n", ""},
      {"FROM --platform=linux/aarch64 a\n", ""},
      {"FROM --platform=linux/amd64 scratch\n", ""},
      {"FROM --platform=$OTHER a\n", ""},
      {"FROM --platform=linux/amd64 single\n", ""},
      {"FROM --platform=linux/amd64 single\nRUN true\n", ""},
      {"FROM --platform=linux/amd64 none\n", "0 --platform=linux/amd64 \n"},
      {"FROM --platform=linux/amd64 a:3\n",
       absl::StrCat("0 --platform=linux/amd64 ", pinned, "\n")},
      {"FROM --platform=linux/amd64 r.io/b/a\n",
       absl::StrCat("0 --platform=linux/amd64 r.io/b/", pinned, "\n")},
      {"ARG P=linux/amd64\nFROM --platform=$P a\n",
       absl::StrCat("0 --platform=$P ", pinned, "\n")},
      {"FROM a AS one\nFROM --platform=linux/amd64 One\n", ""},
      {"FROM --platform=linux/amd64 a AS one\nFROM one\n",
       absl::StrCat("0 --platform=linux/amd64 ", pinned, "\n")},
      // The node cannot execute programs of that image ...
      {"FROM --platform=linux/amd64 a\nRUN true\n",
       "0 --platform=linux/amd64 \n"},
      {"FROM --platform=linux/amd64 a AS b\nFROM b AS c\nFROM c\nRUN true\n",
       "0 --platform=linux/amd64 \n"},
      {"FROM --platform=linux/amd64 a AS b\nONBUILD RUN true\nFROM b\n",
       "0 --platform=linux/amd64 \n"},
      {"FROM --platform=linux/amd64 run\n", "0 --platform=linux/amd64 \n"},
      // ... but those of another variant.
      {"FROM --platform=linux/arm64/v9 a\nRUN true\n",
       absl::StrCat("0 --platform=linux/arm64/v9 ", pinned, "\n")},
  };
  for (const auto& [text, found] : kCases) EXPECT_EQ(Others(text), found);
}

TEST(FromPlatformTest, OfABuildForAnUnknownPlatform) {
  EXPECT_EQ(Others("FROM a\nFROM --platform=linux/amd64 single\n", ""), "");
  EXPECT_EQ(Others("FROM --platform=linux/amd64 a\n", ""),
            absl::StrCat("0 --platform=linux/amd64 a@", kDigest, "\n"));
  EXPECT_EQ(Others("FROM --platform=linux/amd64 a\nRUN true\n", ""),
            "0 --platform=linux/amd64 \n");
}

TEST(FromPlatformTest, LooksOnlyAtTheStages) {
  const SourceFile file("Dockerfile",
                        "FROM --platform=linux/amd64 a AS one\nRUN true\n"
                        "FROM b AS two\nFROM one\n");
  diag::Collector problems;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
  const dockerfile::BuildArgs args;
  const Platform platform = *ParsePlatform("linux/arm64");
  EXPECT_TRUE(FindOtherBases(parsed, {1}, args, platform, Find).empty());
  EXPECT_EQ(FindOtherBases(parsed, {0, 1}, args, platform, Find).size(), 1u);
  EXPECT_EQ(RootStage(parsed, 2, args), 0);
  EXPECT_EQ(RootStage(parsed, 1, args), 1);
  EXPECT_EQ(ImageOfStage(parsed, parsed.stages[1], args), "b");
}

}  // namespace
}  // namespace ovenbird::plan
