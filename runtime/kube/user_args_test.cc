#include "runtime/kube/user_args.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"

namespace ovenbird::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(UserArgsTest, Flags) {
  const struct {
    std::vector<std::string> args;
    bool want;
  } cases[] = {
      {{}, false},
      {{"--no-push"}, true},
      {{"--cleanup", "--no-push=true"}, true},
      {{"--no-push=false"}, false},
      {{"--no-push-cache"}, false},
      {{"--no-push=1"}, true},
      {{"--no-push=TRUE"}, true},
      {{"--no-push=F"}, false},
      {{"--no-push", "--no-push=false"}, false},
      {{"--no-push=false", "--no-push=t"}, true},
      {{"no-push"}, false},
      // It is the value of another flag.
      {{"--cache-repo", "--no-push"}, false},
      {{"--no-push", "false"}, true},
      {{"--", "--no-push"}, false},
  };
  for (const auto& c : cases) {
    config::Kaniko kaniko;
    kaniko.args = c.args;
    EXPECT_EQ(HasUserFlag(kaniko, "no-push"), c.want)
        << ::testing::PrintToString(c.args);
  }
}

TEST(UserArgsTest, Values) {
  config::Kaniko kaniko;
  kaniko.args = {"--registry-mirror=a", "--registry-mirrors=b", "--cleanup",
                 "--registry-mirror=c=d"};
  EXPECT_THAT(UserFlagValues(kaniko, "registry-mirror"),
              ElementsAre("a", "c=d"));
  EXPECT_THAT(UserFlagValues(kaniko, "destination"), IsEmpty());
}

TEST(UserArgsTest, ValuesAreWordsOfTheirOwnToo) {
  config::Kaniko kaniko;
  kaniko.args = {"--cache-repo", "r.io/c", "-d",  "r.io/a",      "--no-push",
                 "-d=r.io/b",    "x",      "-vx", "--cache-repo"};
  EXPECT_THAT(UserFlagValues(kaniko, "cache-repo"), ElementsAre("r.io/c"));
  EXPECT_THAT(UserFlagValues(kaniko, "destination"),
              ElementsAre("r.io/a", "r.io/b"));
  EXPECT_THAT(UserFlagValues(kaniko, "verbosity"), ElementsAre("x"));
  EXPECT_TRUE(HasUserFlag(kaniko, "no-push"));
  std::vector<size_t> words;
  for (const UserArg& arg : UserArgs(kaniko)) {
    words.push_back(arg.end - arg.begin);
  }
  EXPECT_THAT(words, ElementsAre(2, 2, 1, 1, 1));
}

TEST(UserArgsTest, TheLastOfSeveralNames) {
  config::Kaniko kaniko;
  kaniko.args = {"--snapshotMode=full", "--snapshot-mode", "time", "--cache=f"};
  EXPECT_EQ(LastUserFlagValue(kaniko, {"snapshot-mode", "snapshotMode"}),
            "time");
  EXPECT_EQ(LastUserFlagValue(kaniko, {"target"}), std::nullopt);
  EXPECT_EQ(UserFlag(kaniko, "cache"), false);
  EXPECT_EQ(UserFlag(kaniko, "no-push"), std::nullopt);
}

}  // namespace
}  // namespace ovenbird::kube
