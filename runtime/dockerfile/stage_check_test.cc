#include "runtime/dockerfile/stage_check.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

// Returns the IDs of the problems of all stages, with their lines.
std::vector<std::string> Problems(const std::string& text) {
  const SourceFile file("Dockerfile", text);
  diag::Collector ignored;
  const Dockerfile dockerfile = Parse(file, ignored);
  const BuildArgs build_args;
  Scope global(&build_args, dockerfile.escape);
  for (const Instruction& arg : dockerfile.global_args) {
    global.AddGlobal(arg, [](const Pair&, const Expanded&) {});
  }
  const StageNames names(dockerfile);
  diag::Collector problems;
  const StageCheck check(dockerfile, build_args, names, problems);
  for (const Stage& stage : dockerfile.stages) check.CheckStage(stage, global);
  std::vector<std::string> shown;
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    shown.push_back(absl::StrCat(file.PositionAt(problem.span.begin).line, " ",
                                 problem.rule->id));
  }
  return shown;
}

TEST(StageCheckTest, HasHole) {
  for (const char* image :
       {"", ":1", "a:", "a/", "a@", "a//b", "a/:1", "a:-slim", "a:.1", "a/-b",
        "a::1", "a@:b", "-a", "a-"}) {
    EXPECT_TRUE(HasHole(image)) << image;
  }
  for (const char* image : {"a", "a:1", "r.io:5000/a/b:1-slim", "a_b:v1.2"}) {
    EXPECT_FALSE(HasHole(image)) << image;
  }
}

TEST(StageCheckTest, Stages) {
  struct Case {
    const char* text;
    std::vector<std::string> problems;
  };
  for (const Case& c : std::vector<Case>{
           {"FROM a\nFROM scratch\nFROM a:$TARGETARCH\n", {}},
           {"FROM $V\n", {"1 dockerfile-empty-base"}},
           {"ARG V=\nFROM a:$V\n", {"2 dockerfile-empty-base"}},
           {"FROM a:b:c\n", {"1 dockerfile-value"}},
           // A stage's name need not be an image's.
           {"FROM a AS b_-_c\nFROM b_-_c\n", {}},
           {"FROM --platform=what a\n", {"1 dockerfile-value"}},
           {"FROM --platform=linux/arm64 a\n", {}},
           // Each fault of a FROM is reported.
           {"FROM --platform=what a:b:c\n",
            {"1 dockerfile-value", "1 dockerfile-value"}},
           {"FROM a\nCOPY --from=0 b /\n", {"2 dockerfile-later-stage"}},
           {"FROM a\nCOPY --from=4 b /\n", {"2 dockerfile-later-stage"}},
           {"FROM a\nCOPY --from=$X b /\n", {"2 dockerfile-value"}},
           {"FROM a\nCOPY --from=scratch b /\n", {}},
           // A later stage is the target's business, unless it needs this one.
           {"FROM a\nCOPY --from=c b /\nFROM a AS c\n", {}},
           {"FROM a\nCOPY --from=c b /\nFROM a AS c\nCOPY --from=0 b /\n",
            {"2 dockerfile-later-stage"}},
           {"FROM a\nRUN --mount=from=B:1,target=/m x\n",
            {"2 dockerfile-value"}},
       }) {
    EXPECT_EQ(Problems(c.text), c.problems) << c.text;
  }
}

// The names of images that are close to the name of an earlier stage.
TEST(StageCheckTest, Typos) {
  struct Case {
    const char* lines;
    std::vector<std::string> problems;
  };
  for (const Case& c : std::vector<Case>{
           {"FROM a AS build\nFROM b\nCOPY --from=biuld /x /\n",
            {"3 dockerfile-later-stage"}},
           {"FROM a AS builder\nFROM buidler\n", {"2 dockerfile-later-stage"}},
           {"FROM a AS builder\nFROM b\n"
            "RUN --mount=from=build,target=/x ls\n",
            {"3 dockerfile-later-stage"}},
           {"FROM a AS build\nFROM b\nONBUILD COPY --from=biuld /x /\n", {}},
           // Images, in all likelihood.
           {"FROM a AS gcc-\nFROM gcc\n", {}},
           {"FROM a AS nodes\nFROM node\nCOPY --from=node /x /\n", {}},
           {"FROM a AS build\nFROM biuld:1\n", {}},
           {"FROM a AS build\nFROM r.io/biuld\n", {}},
           {"FROM a AS build\nFROM my/biuld\n", {}},
           {"ARG B=biuld\nFROM a AS build\nFROM $B\n", {}},
           {"FROM a AS build\nFROM tools\n", {}},
           {"FROM a AS build\nFROM Build\n", {"2 dockerfile-value"}},
           // The stage itself and later ones cannot be meant.
           {"FROM biuld AS build\nFROM a AS buidl\n", {}},
       }) {
    EXPECT_EQ(Problems(c.lines), c.problems) << c.lines;
  }
}

TEST(StageCheckTest, ATypoIsAWarning) {
  const SourceFile file("Dockerfile", "FROM a AS build\nFROM biuld\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  const BuildArgs build_args;
  const Scope global(&build_args, dockerfile.escape);
  const StageNames names(dockerfile);
  StageCheck(dockerfile, build_args, names, problems)
      .CheckStage(dockerfile.stages[1], global);
  ASSERT_EQ(problems.diagnostics().size(), 1u);
  const diag::Diagnostic& typo = problems.diagnostics()[0];
  EXPECT_EQ(typo.severity, diag::Severity::kWarning);
  EXPECT_EQ(typo.message, "`biuld` is not a stage above this one");
  EXPECT_EQ(typo.label, "did you mean `build`?");
  EXPECT_EQ(typo.help,
            "write `build` for the stage, or `biuld:latest` for an image");
}

}  // namespace
}  // namespace ovenbird::dockerfile
