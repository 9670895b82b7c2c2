#include "runtime/rewrite/source.h"

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

TEST(SourceTest, Kinds) {
  struct Case {
    const char* source;
    bool remote;
    bool http;
  };
  for (const Case& c :
       {Case{"https://h/a", true, true}, Case{"HTTP://h/a", true, true},
        Case{"git://h/a", true, false}, Case{"git@h:a", true, false},
        Case{"ssh://git@h/a", true, false}, Case{"a", false, false},
        Case{"http:/a", false, false}, Case{"git", false, false},
        Case{"a/https://h", false, false}, Case{"", false, false}}) {
    EXPECT_EQ(IsRemote(c.source), c.remote) << c.source;
    EXPECT_EQ(IsHttp(c.source), c.http) << c.source;
  }
}

TEST(SourceTest, NothingLeadsOutOfTheContext) {
  struct Case {
    const char* path;
    const char* clean;
  };
  for (const Case& c :
       {Case{"", ""}, Case{".", ""}, Case{"/", ""}, Case{"a", "a"},
        Case{"/a/", "a"}, Case{"./a//b/../c", "a/c"}, Case{"../a", "a"},
        Case{"../..", ""}, Case{"a/../../b", "b"}}) {
    EXPECT_EQ(CleanSource(c.path), c.clean) << c.path;
  }
}

TEST(SourceTest, Characters) {
  for (const char* path : {"*", "a/?", "[ab]"}) {
    EXPECT_TRUE(HasWildcard(path)) << path;
  }
  for (const char* path : {"", "a]", "a\\b", "$a"}) {
    EXPECT_FALSE(HasWildcard(path)) << path;
  }
  for (const char* path : {" ", "a b", "a\tb", "a\n"}) {
    EXPECT_TRUE(NeedsJson(path)) << path;
  }
  for (const char* path : {"", "ab", "a\"b"}) {
    EXPECT_FALSE(NeedsJson(path)) << path;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
