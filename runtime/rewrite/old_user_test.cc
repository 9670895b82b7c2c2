#include "runtime/rewrite/old_user.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kOld[] = "gcr.io/kaniko-project/executor:v0.17.1";

std::vector<std::string> Reports(const std::string& dockerfile,
                                 const BaseImage& base,
                                 const std::string& executor = kOld) {
  testing::Over over;
  over.base = &base;
  over.executor = executor;
  return testing::RewriteOver(over, dockerfile).reports;
}

TEST(OldUserTest, TheUserThatTheImageEndsWith) {
  const BaseImage base = testing::UsualBase();
  const auto stored = ElementsAre(HasSubstr("stores `app:GROUP`"));
  EXPECT_THAT(Reports("FROM base\nUSER app\n", base), stored);
  EXPECT_THAT(Reports("FROM base\nUSER daemon\nUSER app\n", base), stored);
  EXPECT_THAT(Reports("FROM base AS a\nUSER app\nFROM a\nENV A=1\n", base),
              stored);
  EXPECT_THAT(
      Reports("FROM base AS a\nUSER app\nFROM base\nCOPY --from=a /srv /x\n",
              base),
      IsEmpty());
  EXPECT_THAT(Reports("FROM base\nUSER app:app\n", base), IsEmpty());
  EXPECT_THAT(Reports("FROM base\nUSER app\n", base,
                      "gcr.io/kaniko-project/executor:v0.18.0"),
              IsEmpty());
}

TEST(OldUserTest, RunWithTheUserOfTheBase) {
  BaseImage base = testing::UsualBase();
  base.user = "root";
  EXPECT_THAT(Reports("FROM base\nRUN a\n", base), IsEmpty());
  base.user = "app";
  EXPECT_THAT(Reports("FROM base\nRUN a\nRUN b\n", base),
              ElementsAre(HasSubstr("with the group 0")));
  EXPECT_THAT(Reports("FROM base\nUSER app:app\nRUN a\n", base), IsEmpty());
  base.user = "app:app";
  EXPECT_THAT(Reports("FROM base\nRUN a\n", base), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::rewrite
