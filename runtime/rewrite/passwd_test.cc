#include "runtime/rewrite/passwd.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

constexpr char kPasswd[] =
    "root:x:0:0:root:/root:/bin/sh\n"
    "short:x:1\n"
    "bad:x:one:2::/:\n"
    "app:x:1000:1001:App:/home/app:/bin/sh\n"
    "app:x:7:7::/:\n"
    "last:x:5:6:::";
constexpr char kGroup[] =
    "root:x:0:\n"
    "short:x\n"
    "bad:x:one:\n"
    "app:x:1001:app\n";

TEST(PasswdTest, InAFile) {
  struct Case {
    const char* name;
    bool exists;
    uint32_t user;
    uint32_t group;
  };
  for (const Case& c : {Case{"root", true, 0, 0}, Case{"app", true, 1000, 1001},
                        Case{"last", true, 5, 6}, Case{"bad", false, 0, 0},
                        Case{"short", false, 0, 0}, Case{"", false, 0, 0},
                        Case{"ap", false, 0, 0}}) {
    const Account user = UserIn(kPasswd, c.name);
    EXPECT_EQ(user.exists, c.exists) << c.name;
    EXPECT_EQ(user.user, c.user) << c.name;
    EXPECT_EQ(user.group, c.group) << c.name;
  }
  EXPECT_TRUE(GroupIn(kGroup, "app").exists);
  EXPECT_EQ(GroupIn(kGroup, "app").group, 1001u);
  EXPECT_EQ(GroupIn(kGroup, "app").user, 0u);
  EXPECT_TRUE(GroupIn(kGroup, "root").exists);
  EXPECT_FALSE(GroupIn(kGroup, "bad").exists);
  EXPECT_FALSE(GroupIn(kGroup, "short").exists);
  EXPECT_EQ(UserOfNumber(kPasswd, 1000).group, 1001u);
  EXPECT_FALSE(UserOfNumber(kPasswd, 100).exists);
  EXPECT_FALSE(UserOfNumber("", 0).exists);
  EXPECT_EQ(GroupNameIn(kGroup, 1001), "app");
  EXPECT_EQ(GroupNameIn(kGroup, 100), "");
}

}  // namespace
}  // namespace ovenbird::rewrite
