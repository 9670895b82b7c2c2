#include "runtime/cli/workflow_commands.h"

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;

// Returns the commands that the runner reads in a text, by its rules: spaces
// before a command are ignored, and while commands are stopped only the line
// with the token counts.
std::vector<std::string> CommandsIn(const std::string& text) {
  std::vector<std::string> commands;
  std::string token;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripLeadingAsciiWhitespace(line);
    if (!token.empty()) {
      if (line == absl::StrCat("::", token, "::")) token.clear();
      continue;
    }
    if (absl::ConsumePrefix(&line, "::stop-commands::")) {
      token = std::string(line);
    } else if (absl::StartsWith(line, "::") || absl::StrContains(line, "##[")) {
      commands.emplace_back(line);
    }
  }
  if (!token.empty()) commands.emplace_back("still stopped");
  return commands;
}

TEST(WorkflowCommandsTest, WhatProgramsPrintIsNoCommand) {
  std::ostringstream out;
  {
    WorkflowCommands commands(&out);
    commands.Write("::notice::before");
    {
      const StoppedCommands stopped(&commands);
      out << "  ::set-output name=x::evil\n::add-mask::evil\n"
             "::stop-commands::evil\n::evil::\n##[add-path]evil\n";
      commands.Write("::group::app");
      out << "::error::evil\n";
      commands.WriteGroup("web", "::warning::evil\n::endgroup::\n");
      commands.Write("::endgroup::");
    }
    commands.WriteGroup("log", "::error::evil\n");
    commands.Write("::notice::after");
    commands.Stop();
  }
  EXPECT_THAT(CommandsIn(out.str()),
              ElementsAre("::notice::before", "::group::app", "::group::web",
                          "::endgroup::", "::endgroup::", "::group::log",
                          "::endgroup::", "::notice::after"));
}

TEST(WorkflowCommandsTest, TheTokenIsOfOneRun) {
  std::set<std::string> texts;
  for (int i = 0; i < 3; ++i) {
    std::ostringstream out;
    WorkflowCommands(&out).Stop();
    EXPECT_GT(out.str().size(), 60u);
    texts.insert(out.str());
  }
  EXPECT_EQ(texts.size(), 3u);
}

TEST(WorkflowCommandsTest, TextsAreOnOneLine) {
  EXPECT_EQ(BeginGroup("a%\n::b"), "::group::a%25\\n::b");
  EXPECT_EQ(ErrorCommand("a: b,c", "50 %\nmore\x1b[2J"),
            "::error title=a%3A b%2Cc::50 %25%0Amore\\x1B[2J");
}

TEST(WorkflowCommandsTest, WithoutARunnerNothingIsStopped) {
  const StoppedCommands nothing(nullptr);
  std::ostringstream out;
  { const WorkflowCommands commands(&out); }
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace ovenbird::cli
