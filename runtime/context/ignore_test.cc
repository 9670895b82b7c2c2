#include "runtime/context/ignore.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Texts(const Ignore& ignore) {
  std::vector<std::string> texts;
  for (const Ignore::Rule& rule : ignore.rules()) {
    texts.push_back(absl::StrCat(rule.line, rule.negated ? " !" : " ",
                                 rule.glob.pattern()));
  }
  return texts;
}

TEST(IgnoreTest, ReadsLinesAsDockerDoes) {
  auto ignore = Ignore::Parse(
      "\xEF\xBB\xBF# comment\r\n"
      "\n"
      "  a/ \t\r\n"
      " # no comment\n"
      "/b/./c//../d\n"
      "! e \n"
      "../f\n"
      "!#g\n"
      "\xC2\xA0h\xC2\xA0",
      ".dockerignore");
  ASSERT_THAT(ignore, IsOk());
  EXPECT_THAT(Texts(*ignore), ElementsAre("3 a", "4 # no comment", "5 b/d",
                                          "6 !e", "7 ../f", "8 !#g", "9 h"));
}

TEST(IgnoreTest, ErrorsNameTheLine) {
  EXPECT_THAT(Ignore::Parse("a\n[b\n", "x/.dockerignore"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("x/.dockerignore:2: pattern `[b`")));
  EXPECT_THAT(Ignore::Parse("!", "f"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("f:1")));
  EXPECT_THAT(Ignore::Parse("!/", "f"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("f:1")));
}

struct Case {
  const char* rules;    // separated by blanks
  const char* ignored;  // the same
  const char* kept;
};

TEST(IgnoreTest, Table) {
  for (const Case& c : {
           Case{"", "", "a a/b"},
           {"a", "a a/b a/b/c", "b b/a"},
           {"*.md !README.md", "a.md", "README.md sub/a.md"},
           {"!README.md *.md", "a.md README.md", ""},
           {"* !src", "a b/c", "src src/a src/b/c"},
           {"* !src src/b", "a src/b src/b/c", "src/a"},
           {"docs/* !docs/keep.txt", "docs/a docs/b/c", "docs docs/keep.txt"},
           {"docs !docs/keep.txt", "docs docs/a", "docs/keep.txt"},
           {"docs !docs/a/b", "docs/x docs/a docs/a/x", "docs/a/b docs/a/b/c"},
           {"** !**/*.go", "a b/c", "a.go b/c.go"},
           {"**/node_modules", "node_modules a/node_modules/b", "a"},
           {".", "", "a"},
           {"/", "", "a"},
           {"a/../b", "b", "a"},
           {"../a", "", "a"},
           // A rule is skipped where it changes nothing, and what lies below
           // then does not know that it matched the folder.
           {"*/x !foo", "foo/x bar/x", "foo foo/y"},
           {"foo/x !foo", "foo/x", "foo foo/y"},
       }) {
    const std::string text =
        absl::StrJoin(absl::StrSplit(c.rules, ' ', absl::SkipEmpty()), "\n");
    auto ignore = Ignore::Parse(text, "");
    ASSERT_THAT(ignore, IsOk());
    for (const auto& path : absl::StrSplit(c.ignored, ' ', absl::SkipEmpty())) {
      EXPECT_TRUE(ignore->Match(path).ignored) << c.rules << " and " << path;
    }
    for (const auto& path : absl::StrSplit(c.kept, ' ', absl::SkipEmpty())) {
      EXPECT_FALSE(ignore->Match(path).ignored) << c.rules << " and " << path;
    }
  }
}

TEST(IgnoreTest, VerdictNamesTheRule) {
  auto ignore = Ignore::Parse("a\n!a/b\n*.c\n", "");
  EXPECT_EQ(ignore->Match("a/x").rule, 0);
  EXPECT_EQ(ignore->Match("a/b").rule, 1);
  EXPECT_EQ(ignore->Match("x.c").rule, 2);
  EXPECT_EQ(ignore->Match("x").rule, -1);
}

TEST(IgnoreTest, Keep) {
  auto ignore = Ignore::Parse("*\n", "");
  ignore->Keep("sub/[x].dockerfile");
  EXPECT_TRUE(ignore->Match("sub/x.dockerfile").ignored);
  EXPECT_FALSE(ignore->Match("sub/[x].dockerfile").ignored);
}

TEST(IgnoreTest, FoldersWhereNothingCanBeTakenInArePruned) {
  struct Pruning {
    const char* rules;
    const char* folder;
    bool may;
  };
  for (const Pruning& c : {
           Pruning{"a", "a", false},
           {"* !b/c", "a", false},
           {"* !b/c", "b", true},
           {"* !*.go", "a", false},
           {"* !**/*.go", "a", true},
           {"* !a/*/c", "a", true},
       }) {
    const std::string text = absl::StrJoin(absl::StrSplit(c.rules, ' '), "\n");
    auto ignore = Ignore::Parse(text, "");
    ASSERT_THAT(ignore, IsOk());
    Ignore::Folder inside;
    EXPECT_TRUE(ignore->Match(ignore->Top(), c.folder, &inside).ignored);
    EXPECT_EQ(ignore->MayTakeIn(inside), c.may) << c.rules;
  }
}

TEST(IgnoreTest, TheDockerfilesOwnFileComesFirst) {
  const std::string dir = ::testing::TempDir();
  auto none = LoadIgnoreFile(dir, dir + "/Prod");
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(none->path, "");
  EXPECT_TRUE(none->ignore.rules().empty());

  ASSERT_THAT(WriteFile(dir + "/.dockerignore", "a\n"), IsOk());
  EXPECT_EQ(LoadIgnoreFile(dir, dir + "/Prod")->path, dir + "/.dockerignore");
  ASSERT_THAT(WriteFile(dir + "/Prod.dockerignore", "b\n"), IsOk());
  auto own = LoadIgnoreFile(dir, dir + "/Prod");
  EXPECT_EQ(own->path, dir + "/Prod.dockerignore");
  EXPECT_EQ(own->text, "b\n");
  EXPECT_FALSE(own->ignore.Match("a").ignored);
  EXPECT_EQ(LoadIgnoreFile(dir, "")->path, dir + "/.dockerignore");
}

}  // namespace
}  // namespace ovenbird::context
