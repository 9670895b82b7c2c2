#include "runtime/build/cluster/context_tag.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

using ::testing::MatchesRegex;
using ::testing::SizeIs;
using ::testing::StartsWith;

const ContextOwner kMe = {"me", "laptop", ""};
const ContextOwner kJob = {"runner", "r-8f2", "team/app"};

TEST(ContextTagTest, IsATagThatBeginsWithThePrefix) {
  EXPECT_THAT(ContextTag(kMe, "/src", {"app"}),
              MatchesRegex("context-[0-9a-f]*-[0-9a-f]*"));
  EXPECT_THAT(ContextTag(kMe, "/src", {"app"}),
              StartsWith(ContextTagPrefix(kMe)));
}

TEST(ContextTagTest, WhatDiffers) {
  const std::set<std::string> tags = {
      ContextTag(kMe, "/src", {"app"}),
      ContextTag({"you", "laptop", ""}, "/src", {"app"}),
      ContextTag({"me", "desktop", ""}, "/src", {"app"}),
      ContextTag(kMe, "/other", {"app"}),
      ContextTag(kMe, "/src", {"web"}),
      ContextTag(kMe, "/src", {"app", ""}),
      ContextTag(kJob, "/src", {"app"}),
      ContextTag({"runner", "r-8f2", "team/web"}, "/src", {"app"}),
  };
  EXPECT_THAT(tags, SizeIs(8));
}

TEST(ContextTagTest, AKeyTakesThePlaceOfTheMachine) {
  EXPECT_EQ(ContextTag(kJob, "/builds/1", {"app"}),
            ContextTag({"other", "r-x", "team/app"}, "/builds/2", {"app"}));
}

TEST(ContextTagTest, InWords) {
  EXPECT_EQ(kMe.Describe(), "user me on laptop");
  EXPECT_EQ(kJob.Describe(), "key `team/app`");
}

}  // namespace
}  // namespace ovenbird::build
