#include "runtime/rewrite/root_user.h"

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

TEST(RootUserTest, Names) {
  for (const char* name : {"", "root", "0"}) {
    EXPECT_TRUE(IsRootName(name)) << name;
  }
  for (const char* name : {"app", "1", "00", "Root", "root:root", "0:0", ":"}) {
    EXPECT_FALSE(IsRootName(name)) << name;
  }
}

TEST(RootUserTest, Owners) {
  for (const char* owner :
       {"", "root", "0", "0:0", "root:root", "root:0", ":0", ":root", "0:"}) {
    EXPECT_TRUE(IsRoot(owner)) << owner;
  }
  for (const char* owner : {"app", "1", "00", "root:app", "app:root", ":1"}) {
    EXPECT_FALSE(IsRoot(owner)) << owner;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
