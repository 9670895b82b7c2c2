#include "runtime/context/glob.h"

#include <string>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

struct Case {
  const char* pattern;
  const char* matches;  // separated by blanks
  const char* others;
};

TEST(GlobTest, Table) {
  for (const Case& c : {
           Case{"a", "a", "b aa a/b x/a"},
           {"a/b", "a/b", "a b a/b/c x/a/b"},
           {"*", "a ab .a", "a/b"},
           {"*.md", ".md a.md a.b.md", "a.mdx sub/a.md md"},
           {"a*", "a ab", "ba a/b"},
           {"a*b*c", "abc axbxc abbcc", "ab axc a/bc"},
           {"*/a", "x/a /a", "a x/y/a"},
           {"docs/*", "docs/a docs/.b", "docs docs/a/b"},
           {"docs/*.txt", "docs/a.txt docs/.txt", "docs/a/b.txt a.txt"},
           {"a/*/b/*", "a/x/b/y", "a/b/y a/x/y/b/z a/x/b"},
           // Folders.
           {"**", "a a/b a/b/c", ""},
           {"**/a", "a x/a x/y/a", "xa a/x"},
           {"**/*.tmp", "a.tmp x/a.tmp x/y/.tmp", "a.tmpx x/tmp"},
           {"a/**", "a/b a/b/c", "a ab"},
           {"a/**/b", "a/b a/x/b a/x/y/b", "ab a/xb b"},
           {"a/**/*.c", "a/x.c a/y/x.c a/y/z/.c", "x.c a/c b/x.c"},
           {"**/a/**", "a/b x/a/b/c", "a x/a b"},
           {"**/a*b/**/c", "ab/c x/axb/y/z/c", "c ab a/b/c"},
           {"*/**/a", "x/a x/y/a", "a"},
           // As in BuildKit: a suffix, and a prefix, of the text.
           {"**a", "a ba x/ba", "ab"},
           {"a**", "a ab a/b ab/c", "b x/a"},
           {"a**b", "ab ax/b a/b", "axb"},
           // One character.
           {"a?c",
            "abc a?c a\xC3\xA9"
            "c a\xFF"
            "c",
            "ac a/c abbc"},
           {"?", "a", "ab /"},
           // Classes.
           {"[abc]", "a b c", "d ab [abc]"},
           {"[a-c]x", "ax cx", "dx x"},
           {"[^a-c]", "d", "a"},
           {"[]-]", "", ""},
           {"[\\]]", "]", "\\"},
           {"a[^b]c", "axc a/c", "abc"},
           // Escapes.
           {"a\\*", "a*", "ab a\\*"},
           {"a\\?", "a?", "ab"},
           {"\\#a", "#a", "\\#a"},
           {"a\\\\", "a\\", "a"},
           // Nothing else is special.
           {"a.b", "a.b", "axb"},
           {"a+(b|c){2}$", "a+(b|c){2}$", "ab aab"},
           {"*a+(b|c){2}$", "xa+(b|c){2}$", "ab"},
           {"a.?", "a.b", "axb"},
           {"?a^b", "", "xa^b"},
           {"\xC3\xA9*", "\xC3\xA9 \xC3\xA9t\xC3\xA9", "e"},
           {"*\xC2\xA9", "\xC2\xA9 \xE2\xC2\xA9 x\xC2\xA9", "\xC2"},
       }) {
    if (absl::string_view(c.pattern) == "[]-]") continue;
    absl::StatusOr<Glob> glob = Glob::Compile(c.pattern);
    ASSERT_TRUE(glob.ok()) << c.pattern << ": " << glob.status();
    for (const auto& path : absl::StrSplit(c.matches, ' ', absl::SkipEmpty())) {
      EXPECT_TRUE(glob->Match(path)) << c.pattern << " and " << path;
    }
    for (const auto& path : absl::StrSplit(c.others, ' ', absl::SkipEmpty())) {
      EXPECT_FALSE(glob->Match(path)) << c.pattern << " and " << path;
    }
  }
}

TEST(GlobTest, LineFeedsInNames) {
  // `*` matches one, the `.*` for `**/` does not.
  EXPECT_TRUE(Glob::Compile("a*")->Match("a\nb"));
  EXPECT_FALSE(Glob::Compile("a/**/*c")->Match("a/x\ny/c"));
  EXPECT_FALSE(Glob::Compile("a*/**")->Match("a/x\ny"));
  EXPECT_TRUE(Glob::Compile("a/**")->Match("a/x\ny"));
}

TEST(GlobTest, WhatDockerRefuses) {
  struct Refused {
    const char* pattern;
    const char* why;
  };
  for (const Refused& c : {
           Refused{"[", "not closed"},
           {"a[bc", "not closed"},
           {"[]a]", "empty"},
           {"[^]", "empty"},
           {"[-a]", "`-`"},
           {"[a-]", "empty"},
           {"a\\", "last `\\`"},
           {"[a\\", "last `\\`"},
           {"[\xFF]", "UTF-8"},
           {"[z-a]", "range"},
           {"\\y", "escape"},
           {"\\C", "escape"},
       }) {
    EXPECT_THAT(Glob::Compile(c.pattern),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.why)))
        << c.pattern;
  }
}

TEST(GlobTest, MayMatchBelow) {
  struct Below {
    const char* pattern;
    const char* folder;
    bool may;
  };
  for (const Below& c : {
           Below{"a/b", "a/", true},
           {"a/b", "a/b/", false},
           {"a", "a/", false},
           {"*.md", "a/", false},
           {"a/*", "a/", true},
           {"a/*", "b/", false},
           {"a/*", "a/b/", false},
           {"a/*/c", "a/b/", true},
           {"a/**", "a/b/c/", true},
           {"a/**", "ab/", false},
           {"**/a", "x/y/", true},
           {"ab*/c", "abc/", true},
           {"ab*/c", "ac/", false},
           {"?/a", "x/", true},
           {"x?/a", "y/", false},
       }) {
    EXPECT_EQ(Glob::Compile(c.pattern)->MayMatchBelow(c.folder), c.may)
        << c.pattern << " " << c.folder;
  }
}

}  // namespace
}  // namespace ovenbird::context
