#include "runtime/dockerfile/pattern.h"

#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

TEST(PatternTest, Patterns) {
  for (const char* good : {"", "a", "*.c", "[ab]", "[^a-z]?", "a]", "\\[",
                           "[\\]]", "[[]", "**/x", "[ü]"}) {
    EXPECT_EQ(PatternProblem(good), "") << good;
  }
  const struct {
    const char* pattern;
    const char* problem;
  } kBad[] = {
      {"[", "`[` is not closed"},
      {"[src/a,", "`[` is not closed"},
      {"[a-", "`[` is not closed"},
      {"*/[^", "`[` is not closed"},
      {"[]", "`[]` is empty"},
      {"[]a]", "`[]` is empty"},
      {"[-a]", "`-` in `[...]` needs a `\\` before it"},
      {"[\xff]", "a character in `[...]` is not UTF-8"},
      {"a*\\", "nothing follows the last `\\`"},
      {"[\\", "nothing follows the last `\\`"},
  };
  for (const auto& [pattern, problem] : kBad) {
    EXPECT_EQ(PatternProblem(pattern), problem) << pattern;
  }
}

TEST(PatternTest, ReversedRanges) {
  for (const char* pattern : {"a[z-a]", "[a-b\\]-[]", "[a-bü-ä]"}) {
    EXPECT_EQ(PatternProblem(pattern), "") << pattern;
    EXPECT_EQ(StrictPatternProblem(pattern),
              "a range in `[...]` ends before it starts")
        << pattern;
  }
  for (const char* good : {"[a-a]", "[a-z0-9]", "z-a", "[ä-ü]", "[za]"}) {
    EXPECT_EQ(StrictPatternProblem(good), "") << good;
  }
  EXPECT_EQ(StrictPatternProblem("[z-a"), "`[` is not closed");
}

TEST(PatternTest, Exclusions) {
  for (const char* good : {"", " ", "*.md", "!a", " !a ", "!!", "[!a]"}) {
    EXPECT_EQ(ExclusionProblem(good), "") << good;
  }
  EXPECT_EQ(ExclusionProblem("!"), "nothing follows the `!`");
  EXPECT_EQ(ExclusionProblem(" ! "), "nothing follows the `!`");
  EXPECT_EQ(ExclusionProblem("!["), "`[` is not closed");
  EXPECT_EQ(ExclusionProblem("a["), "`[` is not closed");
  EXPECT_EQ(ExclusionProblem("![z-a]"),
            "a range in `[...]` ends before it starts");
}

TEST(PatternTest, Wildcards) {
  for (const char* pattern : {"*", "a/?", "[a", "\\\\*"}) {
    EXPECT_TRUE(HasWildcard(pattern)) << pattern;
  }
  for (const char* path : {"", "a", "a]", "\\*", "\\[a", "a\\"}) {
    EXPECT_FALSE(HasWildcard(path)) << path;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
