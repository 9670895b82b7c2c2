#include "runtime/rewrite/add.h"

#include <filesystem>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/tar_header.h"
#include "runtime/context/walk.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::rewrite {
namespace {

using ::ovenbird::testing::IsOk;

// A tar of one folder.
std::string TarOf(const std::string& folder) {
  std::string tar;
  context::TarMember member;
  member.type = context::TarMember::kFolder;
  member.name = folder;
  member.mode = 0755;
  context::AppendTarHeader(member, tar);
  tar.append(context::kTarEnd, '\0');
  return tar;
}

// A folder of an archive takes the place of a symlink, which kaniko follows.
TEST(AddTest, FoldersOverLinks) {
  const BaseImage base = testing::UsualBase();
  const std::string root = absl::StrCat(::testing::TempDir(), "/add");
  std::filesystem::create_directories(root);
  struct Case {
    const char* folder;  // in the archive
    const char* lines;   // after FROM
    bool replaces;
  };
  for (const Case& item : std::vector<Case>{
           {"opt/to-dir/", "ADD t.tar /\n", true},
           {"to-dir/", "ADD t.tar /opt\n", true},
           {"to-dir/", "ADD t.tar /opt/\n", true},
           {"to-dir/", "WORKDIR /opt\nADD t.tar .\n", true},
           {"dir/", "ADD t.tar /opt/\n", false},
           {"new/", "ADD t.tar /opt/to-dir/\n", false},
           {"to-dir/", "COPY t.tar /opt/\n", false},
           {"to-dir/", "RUN rm /opt/to-dir\nADD t.tar /opt/\n", false},
       }) {
    ASSERT_THAT(WriteFile(absl::StrCat(root, "/t.tar"), TarOf(item.folder)),
                IsOk());
    const auto context = context::Walk(root, {});
    ASSERT_THAT(context, IsOk());
    const std::string text = absl::StrCat("FROM base\nUSER root\n", item.lines);
    const auto outcome = testing::RewriteOver({&base, &context->listing}, text);
    EXPECT_EQ(absl::StrContains(outcome.text, "/archive.tar /\nADD t.tar "),
              item.replaces)
        << outcome.text;
    if (!item.replaces) {
      EXPECT_EQ(outcome.text, text);
    }
    EXPECT_TRUE(outcome.reports.empty()) << text;
  }
}

// kaniko refuses several sources without a slash after the target.
TEST(AddTest, SeveralDownloads) {
  const BaseImage base = testing::UsualBase();
  const std::string root = absl::StrCat(::testing::TempDir(), "/downloads");
  std::filesystem::create_directories(root);
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/a"), "1"), IsOk());
  const auto context = context::Walk(root, {});
  ASSERT_THAT(context, IsOk());
  for (const auto& [lines, sent] :
       std::vector<std::pair<std::string, std::string>>{
           {"ADD http://h/a http://h/b /x\n",
            "ADD http://h/a /x\nADD http://h/b /x\n"},
           {"ADD --chown=1:2 a http://h/b /x\n",
            "ADD --chown=1:2 a /x\nADD --chown=1:2 http://h/b /x\n"},
           {"ADD [\"a\", \"http://h/b\", \"/x y\"]\n",
            "ADD [\"a\", \"/x y\"]\nADD [\"http://h/b\", \"/x y\"]\n"},
           {"ADD http://h/a http://h/b /x/\n", ""},
           {"ADD http://h/a http://h/b .\n", ""},
           {"ADD http://h/a /x\n", ""},
       }) {
    const auto outcome = testing::RewriteOver(
        {&base, &context->listing}, absl::StrCat("FROM base\n", lines));
    EXPECT_EQ(outcome.text,
              absl::StrCat("FROM base\n", sent.empty() ? lines : sent));
    EXPECT_TRUE(outcome.reports.empty()) << lines;
  }
}

// Without WORKDIR, kaniko unpacks archives and saves downloads somewhere else.
TEST(AddTest, RelativeTargetWithoutWorkdir) {
  BaseImage base = testing::UsualBase();
  base.working_dir.clear();
  const std::string root = absl::StrCat(::testing::TempDir(), "/relative");
  std::filesystem::create_directories(root);
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/a"), "1"), IsOk());
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/t.tar"), TarOf("new/")), IsOk());
  const auto context = context::Walk(root, {});
  ASSERT_THAT(context, IsOk());
  for (const auto& [lines, sent] :
       std::vector<std::pair<std::string, std::string>>{
           {"ADD t.tar .\n", "ADD t.tar /\n"},
           {"ADD t.tar ./\n", "ADD t.tar /\n"},
           {"ADD t.tar sub\n", "ADD t.tar /sub\n"},
           {"ADD t.tar sub/\n", "ADD t.tar /sub/\n"},
           {"ADD http://h/a .\n", "ADD http://h/a /\n"},
           {"ADD http://h/a x\n", "ADD http://h/a /x\n"},
           {"ADD a .\n", ""},
           {"USER 0\nWORKDIR /w\nADD t.tar .\n", ""},
           {"USER 0\nWORKDIR /w\nADD http://h/a .\n", ""},
       }) {
    const auto outcome = testing::RewriteOver(
        {&base, &context->listing}, absl::StrCat("FROM base\n", lines));
    EXPECT_EQ(outcome.text,
              absl::StrCat("FROM base\n", sent.empty() ? lines : sent));
    EXPECT_TRUE(outcome.reports.empty()) << lines;
  }
}

// What is unpacked keeps its modes, so a --chmod that the executor refuses
// goes.
TEST(AddTest, RefusedChmodOfArchives) {
  const BaseImage base = testing::UsualBase();
  const std::string root = absl::StrCat(::testing::TempDir(), "/chmod");
  std::filesystem::create_directories(root);
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/t.tar"), TarOf("new/")), IsOk());
  const auto context = context::Walk(root, {});
  ASSERT_THAT(context, IsOk());
  const std::string octal = "ADD --chmod=755 t.tar /\n";
  const std::string words = "ADD --chmod=u=rwX,go=rX t.tar /\n";
  const std::string without = "ADD t.tar /\n";
  for (const auto& [executor, line, sent] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"gcr.io/kaniko-project/executor:v0.19.0", octal, without},
           {"gcr.io/kaniko-project/executor:v0.19.0", words, without},
           {"gcr.io/kaniko-project/executor:v1.24.0", octal, octal},
           {"gcr.io/kaniko-project/executor:v1.24.0", words, without},
       }) {
    const auto outcome = testing::RewriteOver(
        {.base = &base, .listing = &context->listing, .executor = executor},
        absl::StrCat("FROM base\nUSER root\n", line));
    EXPECT_EQ(outcome.text, absl::StrCat("FROM base\nUSER root\n", sent));
    EXPECT_TRUE(outcome.reports.empty()) << line;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
