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

}  // namespace
}  // namespace ovenbird::dockerfile
