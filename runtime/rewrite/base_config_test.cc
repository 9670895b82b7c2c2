// Rules that need the config of the base image.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using testing::Outcome;
using testing::Over;
using testing::RewriteOver;
using testing::UsualBase;

struct Case {
  const char* dockerfile;
  const char* sent;
};

TEST(BaseConfigTest, AnArgHidesTheEnvOfTheBase) {
  const BaseImage base = UsualBase();
  for (const Case& item : std::vector<Case>{
           {"FROM base\nARG A=arg\nRUN x\nLABEL a=$A\n",
            "FROM base\nARG A=arg\nRUN export A='given'; x\nLABEL a=given\n"},
           {"FROM base\nARG B=arg\nRUN x\n", "FROM base\nARG B=arg\nRUN x\n"},
           {"FROM base AS one\nRUN y\nFROM one\nARG A\nRUN x\n",
            "FROM base AS one\nRUN y\nFROM one\nARG A\n"
            "RUN export A='given'; x\n"},
           {"FROM base\nARG A=arg\nENV A=$A\nRUN x\n",
            "FROM base\nARG A=arg\nENV A=given\nRUN x\n"},
       }) {
    const Outcome outcome =
        RewriteOver({&base, nullptr, {{"A", "given"}}}, item.dockerfile);
    EXPECT_EQ(outcome.text, item.sent);
    EXPECT_THAT(outcome.reports, IsEmpty());
  }
}

TEST(BaseConfigTest, NotKnown) {
  const char* text = "FROM base\nARG A=arg\nRUN x\nLABEL a=$A\n";
  EXPECT_EQ(RewriteOver({nullptr, nullptr, {}}, text).text, text);
}

TEST(BaseConfigTest, NobodyAsksWithoutNeed) {
  const BaseImage base = UsualBase();
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nENV A=b\nRUN x\nCMD y\n").asked,
              IsEmpty());
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nARG A\n").asked,
              Contains("base"));
}

// v0.17.1 has the text of ARG in its keys, and not what a global one sets.
TEST(BaseConfigTest, TheCacheKeyHasGlobalArgs) {
  testing::Over over;
  over.executor = "gcr.io/kaniko-project/executor:v0.17.1";
  over.cache = true;
  const std::string text = "ARG A=1\nFROM base\nARG A\nRUN x\n";
  EXPECT_EQ(RewriteOver(over, text).text,
            "ARG A=1\nFROM base\nARG A=\"1\"\nRUN x\n");
  over.cache = false;
  EXPECT_EQ(RewriteOver(over, text).text, text);
  over.cache = true;
  over.executor = "gcr.io/kaniko-project/executor:v0.18.0";
  EXPECT_EQ(RewriteOver(over, text).text, text);
}

}  // namespace
}  // namespace ovenbird::rewrite
