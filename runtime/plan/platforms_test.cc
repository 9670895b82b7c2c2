#include "runtime/plan/platforms.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/platform.h"
#include "runtime/config/config.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Names(const std::vector<Platform>& platforms) {
  std::vector<std::string> names;
  for (const Platform& platform : platforms) {
    names.push_back(platform.ToString());
  }
  return names;
}

TEST(PlatformsTest, EachOnceInItsNormalForm) {
  EXPECT_THAT(Names(ParsePlatforms({"linux/arm64/v8", "linux/x86_64",
                                    "linux/arm64", "linux/amd64"})),
              ElementsAre("linux/arm64", "linux/amd64"));
  EXPECT_THAT(ParsePlatforms({}), IsEmpty());
  EXPECT_THAT(Names(ParsePlatforms({"beos/amd64", "linux/arm"})),
              ElementsAre("linux/arm/v7"));
}

// The limit of 128 characters is that of the distribution specification.
TEST(PlatformsTest, TagsHaveAtMost128Characters) {
  const Platform arm = *ParsePlatform("linux/arm/v7");
  EXPECT_EQ(PlatformTag("v1", arm), "v1-linux-arm-v7");
  const std::string longest = PlatformTag(std::string(128, 'a'), arm);
  EXPECT_THAT(longest, SizeIs(128));
  EXPECT_TRUE(absl::EndsWith(longest, "a-linux-arm-v7")) << longest;
}

TEST(PlatformsTest, WhatDependsOnThePlatform) {
  for (const char* text :
       {"FROM --platform=$BUILDPLATFORM a", "ARG TARGETARCH", "RUN $BUILDARCH",
        "ARG TARGETVARIANT", "ARG TARGETPLATFORM", "ARG BUILDVARIANT"}) {
    EXPECT_TRUE(DependsOnPlatform(text)) << text;
  }
  for (const char* text : {"", "FROM a\nRUN uname -m\n", "ARG TARGETSTAGE"}) {
    EXPECT_FALSE(DependsOnPlatform(text)) << text;
  }
}

TEST(PlatformsTest, ThePlatformOfANodeSelector) {
  config::Kaniko kaniko;
  EXPECT_EQ(SelectedPlatform(kaniko), "");
  kaniko.node_selector.emplace_back("disk", "ssd");
  EXPECT_EQ(SelectedPlatform(kaniko), "");
  kaniko.node_selector.emplace_back("kubernetes.io/arch", "arm64");
  EXPECT_EQ(SelectedPlatform(kaniko), "linux/arm64");
  kaniko.node_selector = {{"beta.kubernetes.io/arch", "s390x"}};
  EXPECT_EQ(SelectedPlatform(kaniko), "linux/s390x");
}

std::unique_ptr<ImagePlan> BuildFor(const std::string& content) {
  auto plan = std::make_unique<ImagePlan>();
  plan->content = content;
  plan->files_read = 2;
  plan->spec.target = "production";
  plan->push_registries = {"r.io"};
  return plan;
}

TEST(PlatformsTest, TheImageHasWhatItsBuildsShare) {
  ImagePlan all;
  all.platforms.push_back(BuildFor("one"));
  all.platforms.push_back(BuildFor("two"));
  MergePlatforms(all);
  EXPECT_EQ(all.spec.target, "production");
  EXPECT_THAT(all.push_registries, ElementsAre("r.io"));
  EXPECT_EQ(all.files_read, 4u);
  EXPECT_THAT(all.content, SizeIs(64));
  // The content of each build counts.
  ImagePlan other;
  other.platforms.push_back(BuildFor("one"));
  other.platforms.push_back(BuildFor("three"));
  MergePlatforms(other);
  EXPECT_NE(other.content, all.content);
}

}  // namespace
}  // namespace ovenbird::plan
