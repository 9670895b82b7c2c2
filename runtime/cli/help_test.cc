#include "runtime/cli/help.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/cli/command_line.h"
#include "runtime/cli/man_page.h"
#include "runtime/cli/options.h"

namespace ovenbird::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The program's own help, and that of each verb.
std::vector<std::string> AllHelp(size_t width) {
  const CommandLine all = DescribeCommandLine();
  std::vector<std::string> texts = {Help(all, "", width)};
  for (const VerbInfo& verb : all.verbs) {
    texts.push_back(Help(all, verb.name, width));
  }
  return texts;
}

TEST(HelpTest, FitsTheTerminal) {
  for (const size_t width : {50u, 60u, 80u, 100u}) {
    for (const std::string& text : AllHelp(width)) {
      for (const absl::string_view line : absl::StrSplit(text, '\n')) {
        // An example is one line to copy; a flag is not broken.
        const bool is_one = absl::StartsWith(line, "  ovenbird ") ||
                            absl::StartsWith(line, "  -");
        EXPECT_TRUE(is_one || line.size() <= width) << line;
      }
    }
  }
}

TEST(HelpTest, EveryVerbHasAGroupAndAnExample) {
  for (const VerbInfo& verb : DescribeCommandLine().verbs) {
    EXPECT_THAT(verb.example, HasSubstr(absl::StrCat("ovenbird ", verb.name)))
        << verb.name;
    EXPECT_NE(verb.group, "Subcommands") << verb.name;
  }
}

// A newcomer reads it from the top.
TEST(HelpTest, GroupsBeginWithTheFirstDay) {
  const std::string help = Help(DescribeCommandLine(), "", 80);
  size_t before = 0;
  for (const char* group : {"Start a project", "Build", "Check",
                            "Look, without a cluster", "Help and setup"}) {
    const size_t place = help.find(absl::StrCat("\n", group, ":\n"));
    ASSERT_NE(place, std::string::npos) << group;
    EXPECT_LT(before, place) << group;
    before = place;
  }
}

TEST(HelpTest, ExamplesAreValid) {
  for (const VerbInfo& verb : DescribeCommandLine().verbs) {
    std::string command = verb.example.substr(0, verb.example.find(" |"));
    if (absl::StrContains(command, "<(")) continue;  // of a shell
    std::vector<std::string> words = absl::StrSplit(command, ' ');
    words.erase(words.begin());
    const auto parsed = ParseCommandLine(words);
    const Exit* exit = std::get_if<Exit>(&parsed);
    EXPECT_EQ(exit, nullptr) << command << ": " << (exit ? exit->err : "");
  }
}

TEST(HelpTest, FlagsAreShownAsTheyAreTyped) {
  const std::string validate = Help(DescribeCommandLine(), "validate", 80);
  EXPECT_THAT(validate, HasSubstr("  --fix[=safe|all]  "));
  EXPECT_THAT(validate, HasSubstr("  -c, --config FILE  "));
  EXPECT_THAT(validate, HasSubstr("ovenbird validate [FILE|FOLDER|-]... "));
  const std::string build = Help(DescribeCommandLine(), "build", 80);
  EXPECT_THAT(build, HasSubstr("  --retries N  "));
  EXPECT_THAT(build, HasSubstr("  --engine ENGINE  "));
  for (const std::string& text : AllHelp(80)) {
    EXPECT_THAT(text, Not(HasSubstr("{")));
    EXPECT_THAT(text, Not(HasSubstr("Excludes:")));
    EXPECT_THAT(text, Not(HasSubstr(":INT")));
  }
}

TEST(HelpTest, NarrowTerminal) {
  EXPECT_THAT(Help(DescribeCommandLine(), "schema", 50),
              HasSubstr("Flags:\n"
                        "  -h, --help\n"
                        "      Print this help\n"));
}

// All that help has is in the man page.
TEST(ManPageTest, HasEveryFlag) {
  const CommandLine all = DescribeCommandLine();
  const std::string page = ManPage(all, "1.2.3", "2026-01-02");
  EXPECT_THAT(page, HasSubstr("\"2026-01-02\" \"ovenbird 1.2.3\""));
  for (const VerbInfo& verb : all.verbs) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat(".SS ovenbird ", verb.name)));
    for (const Flag& flag : verb.flags) {
      const std::string name = absl::StrCat(
          "\\-\\-",
          absl::StrJoin(absl::StrSplit(flag.names.back().substr(2), '-'),
                        "\\-"));
      EXPECT_THAT(page, HasSubstr(name));
    }
  }
  EXPECT_THAT(page, Not(HasSubstr("`")));
}

}  // namespace
}  // namespace ovenbird::cli
