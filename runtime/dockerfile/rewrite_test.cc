#include "runtime/dockerfile/rewrite.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<std::string> Rewrite(const std::string& text, int stage,
                                   const EntrypointChange& change) {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
  auto rewritten = WithEntrypoint(dockerfile, stage, change);
  if (rewritten.has_value()) {
    // What comes out is a Dockerfile again.
    const SourceFile again("Dockerfile", *rewritten);
    Parse(again, problems);
    EXPECT_THAT(problems.diagnostics(), IsEmpty());
  }
  return rewritten;
}

EntrypointChange Change(std::optional<std::vector<std::string>> entrypoint,
                        std::optional<std::vector<std::string>> cmd,
                        bool restart_helper = false) {
  return {std::move(entrypoint), std::move(cmd), restart_helper};
}

TEST(RewriteTest, AtTheEndOfTheFile) {
  EXPECT_EQ(Rewrite("FROM a\n", 0, Change({{"sleep", "say \"hi\" \\"}}, {{}})),
            "FROM a\n\n\nENTRYPOINT [\"sleep\",\"say \\\"hi\\\" \\\\\"]\n"
            "\n\nCMD []\n");
  EXPECT_EQ(Rewrite("FROM a", 0, Change(std::nullopt, {{"x"}})),
            "FROM a\n\nCMD [\"x\"]\n");
  EXPECT_EQ(Rewrite("FROM a\n", 0, Change({{}}, {{"x"}})),
            "FROM a\n\n\nENTRYPOINT []\n\n\nCMD [\"x\"]\n");
}

TEST(RewriteTest, AtTheEndOfAStage) {
  EXPECT_EQ(Rewrite("FROM a AS b\nRUN x\n  FROM b\nCMD y\n", 0,
                    Change({{"s"}}, std::nullopt)),
            "FROM a AS b\nRUN x\n\nENTRYPOINT [\"s\"]\n\n  FROM b\nCMD y\n");
}

TEST(RewriteTest, BehindALineThatIsToBeContinued) {
  EXPECT_EQ(Rewrite("FROM a\nRUN b \\\n# c\n  \\\n\n", 0,
                    Change({{"s"}}, std::nullopt)),
            "FROM a\nRUN b\n\n\nENTRYPOINT [\"s\"]\n");
}

TEST(RewriteTest, NothingToDo) {
  EXPECT_EQ(Rewrite("FROM a\n", 0, {}), "FROM a\n");
  EXPECT_EQ(Rewrite("FROM a\n", 0, Change({{}}, std::nullopt)), "FROM a\n");
}

TEST(RewriteTest, ALineThatWaitsForMore) {
  EXPECT_EQ(
      Rewrite("FROM a\nRUN x \\ \n# c\n\n", 0, Change({{"s"}}, std::nullopt)),
      "FROM a\nRUN x\n\n\nENTRYPOINT [\"s\"]\n");
}

TEST(RewriteTest, RestartHelper) {
  EXPECT_EQ(Rewrite("FROM a\nENTRYPOINT [\"/bin/app\"]\nCMD [\"serve\"]\n", 0,
                    Change(std::nullopt, std::nullopt, true)),
            "FROM a\nENTRYPOINT [\"/bin/app\"]\nCMD [\"serve\"]\n"
            "\nCOPY /.devspace/devspace-restart-helper /\n"
            "\nENTRYPOINT [\"/devspace-restart-helper\",\"/bin/app\"]\n"
            "\n\nCMD [\"serve\"]\n");
  EXPECT_EQ(Rewrite("FROM a\nCMD x\n", 0, Change({{"e"}}, std::nullopt, true)),
            "FROM a\nCMD x\n\nCOPY /.devspace/devspace-restart-helper /\n"
            "\nENTRYPOINT [\"/devspace-restart-helper\",\"e\"]\n"
            "\n\nCMD [\"/bin/sh\",\"-c\",\"x\"]\n");
  EXPECT_EQ(
      Rewrite("FROM a\nRUN x\n", 0, Change(std::nullopt, std::nullopt, true)),
      std::nullopt);
}

struct Case {
  const char* text;
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
};

TEST(RewriteTest, StartCommand) {
  for (const Case& c : std::vector<Case>{
           {"FROM a\n", {}, {}},
           {"FROM a\nCMD x y\n", {}, {"/bin/sh", "-c", "x y"}},
           {"FROM a\nCMD x\nCMD [\"y\"]\n", {}, {"y"}},
           {"FROM a\nSHELL [\"bash\"]\nCMD x\n", {}, {"bash", "x"}},
           {"FROM a\nCMD [\"c\"]\nENTRYPOINT [\"e\"]\n", {"e"}, {"c"}},
           {"FROM a AS b\nCMD [\"c\"]\nENTRYPOINT [\"e\"]\nFROM B\n",
            {"e"},
            {"c"}},
           {"FROM a AS b\nCMD [\"c\"]\nFROM b\nENTRYPOINT [\"e\"]\n",
            {"e"},
            {}},
           {"FROM a AS b\nCMD [\"c\"]\nFROM a\n", {}, {}},
           {"FROM a\nCMD [\"c\"]\nCMD []\n", {}, {}},
       }) {
    const SourceFile file("Dockerfile", c.text);
    diag::Collector problems;
    const Dockerfile dockerfile = Parse(file, problems);
    const StartCommand start = FindStartCommand(
        dockerfile, static_cast<int>(dockerfile.stages.size()) - 1);
    EXPECT_EQ(start.entrypoint, c.entrypoint) << c.text;
    EXPECT_EQ(start.cmd, c.cmd) << c.text;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
