#include "runtime/context/ignore.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The rules with the text that they point into.
struct Rules {
  explicit Rules(const std::string& text)
      : file(".dockerignore", text), ignore(Ignore::Parse(file, problems)) {}

  SourceFile file;
  diag::Collector problems;
  Ignore ignore;
};

TEST(IgnoreTest, ReadsLinesAsDockerDoes) {
  const Rules rules(
      "\xEF\xBB\xBF# comment\r\n"
      "\n"
      "  a/ \t\r\n"
      " # no comment\n"
      "/b/./c//../d\n"
      "! e \n"
      "../f\n"
      "!#g\n"
      "\xC2\xA0h\xC2\xA0");
  EXPECT_THAT(rules.problems.diagnostics(), IsEmpty());
  std::vector<std::string> strings;
  for (const Ignore::Rule& rule : rules.ignore.rules()) {
    strings.push_back(absl::StrCat(rules.file.PositionAt(rule.span.begin).line,
                                   rule.negated ? " !" : " ",
                                   rule.glob.pattern()));
  }
  EXPECT_THAT(strings, ElementsAre("3 a", "4 # no comment", "5 b/d", "6 !e",
                                   "7 ../f", "8 !#g", "9 h"));
}

TEST(IgnoreTest, BadPatternsAreReportedAtTheirPlace) {
  const Rules rules("a\n [b \n!\n!/\nc\n");
  std::vector<std::string> problems;
  for (const diag::Diagnostic& problem : rules.problems.Sorted()) {
    const Position at = rules.file.PositionAt(problem.span.begin);
    problems.push_back(
        absl::StrCat(at.line, ":", at.column, " ", problem.message));
  }
  EXPECT_THAT(problems,
              ElementsAre("2:2 invalid pattern: `[` is not closed",
                          "3:1 invalid pattern: nothing follows the `!`",
                          "4:1 invalid pattern: nothing follows the `!`"));
  EXPECT_EQ(rules.ignore.rules().size(), 2);
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
    const Rules rules(text);
    for (const auto& path : absl::StrSplit(c.ignored, ' ', absl::SkipEmpty())) {
      EXPECT_TRUE(rules.ignore.Match(path).ignored)
          << c.rules << " and " << path;
    }
    for (const auto& path : absl::StrSplit(c.kept, ' ', absl::SkipEmpty())) {
      EXPECT_FALSE(rules.ignore.Match(path).ignored)
          << c.rules << " and " << path;
    }
  }
}

TEST(IgnoreTest, VerdictNamesTheRule) {
  const Rules rules("a\n!a/b\n*.c\n");
  EXPECT_EQ(rules.ignore.Match("a/x").rule, 0);
  EXPECT_EQ(rules.ignore.Match("a/b").rule, 1);
  EXPECT_EQ(rules.ignore.Match("x.c").rule, 2);
  EXPECT_EQ(rules.ignore.Match("x").rule, -1);
}

TEST(IgnoreTest, Keep) {
  Rules rules("*\n");
  rules.ignore.Keep("sub/[x].dockerfile");
  EXPECT_TRUE(rules.ignore.Match("sub/x.dockerfile").ignored);
  EXPECT_FALSE(rules.ignore.Match("sub/[x].dockerfile").ignored);
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
    const Rules rules(text);
    Ignore::Folder inside;
    EXPECT_TRUE(
        rules.ignore.Match(rules.ignore.Top(), c.folder, &inside).ignored);
    EXPECT_EQ(rules.ignore.MayTakeIn(inside), c.may) << c.rules;
  }
}

TEST(IgnoreTest, TheDockerfilesOwnFileComesFirst) {
  const std::string dir = ::testing::TempDir();
  diag::Collector problems;
  auto none = LoadIgnoreFile(dir, dir + "/Prod", problems);
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(none->file, nullptr);
  EXPECT_TRUE(none->rules.rules().empty());

  ASSERT_THAT(WriteFile(dir + "/.dockerignore", "a\n"), IsOk());
  auto usual = LoadIgnoreFile(dir, dir + "/Prod", problems);
  EXPECT_EQ(usual->file->name(), CleanPath(dir + "/.dockerignore"));
  EXPECT_TRUE(usual->is_default);
  ASSERT_THAT(WriteFile(dir + "/Prod.dockerignore", "b\n"), IsOk());
  auto own = LoadIgnoreFile(dir, dir + "/Prod", problems);
  EXPECT_EQ(own->file->name(), dir + "/Prod.dockerignore");
  EXPECT_FALSE(own->is_default);
  EXPECT_FALSE(own->rules.Match("a").ignored);
  EXPECT_TRUE(own->rules.Match("b").ignored);
  EXPECT_TRUE(LoadIgnoreFile(dir, "", problems)->is_default);
}

// A repository may come with links to anything.
TEST(IgnoreTest, OnlyARegularFileIsRead) {
  const std::string dir = absl::StrCat(::testing::TempDir(), "/special");
  std::filesystem::create_directory(dir);
  const std::string path = absl::StrCat(dir, "/.dockerignore");
  diag::Collector problems;
  for (const char* device : {"/dev/zero", "/dev/full"}) {
    std::filesystem::create_symlink(device, path);
    EXPECT_THAT(LoadIgnoreFile(dir, "", problems),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("is not a regular file")));
    std::filesystem::remove(path);
  }
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(LoadIgnoreFile(dir, "", problems),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is not a regular file")));
  std::filesystem::remove(path);
  std::ofstream(path) << "a";
  std::filesystem::resize_file(path, uint64_t{1} << 40);
  EXPECT_THAT(LoadIgnoreFile(dir, "", problems),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("64 MiB")));
}

}  // namespace
}  // namespace ovenbird::context
