#include "runtime/kube/user_args.h"

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

}  // namespace
}  // namespace ovenbird::kube
