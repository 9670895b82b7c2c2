#include "runtime/dockerfile/target.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

TEST(TargetTest, IsFound) {
  struct Case {
    const char* target;
    int stage;
    size_t warnings;
  };
  const SourceFile file("Dockerfile",
                        "FROM a AS one\nFROM b AS Two\nFROM c AS one\n"
                        "FROM d\n");
  diag::Collector ignored;
  const Dockerfile dockerfile = Parse(file, ignored);
  for (const Case& c : {Case{"", 3, 0}, Case{"two", 1, 0}, Case{"TWO", 1, 0},
                        Case{"one", 2, 1}}) {
    diag::Collector problems;
    EXPECT_EQ(FindTarget(dockerfile, c.target, {}, problems), c.stage)
        << c.target;
    EXPECT_EQ(problems.diagnostics().size(), c.warnings) << c.target;
    EXPECT_FALSE(problems.has_errors()) << c.target;
  }
}

TEST(TargetTest, Unknown) {
  const SourceFile file("Dockerfile", "FROM a AS production\nFROM b\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_EQ(FindTarget(dockerfile, "prodution", {}, problems), std::nullopt);
  EXPECT_EQ(FindTarget(dockerfile, "1", {}, problems), std::nullopt);
  ASSERT_EQ(problems.diagnostics().size(), 2);
  const diag::Diagnostic& problem = problems.diagnostics()[0];
  EXPECT_EQ(problem.label, "did you mean `production`?");
  EXPECT_EQ(problem.help, "use one of the stages: `production`");
}

TEST(TargetTest, UnknownWithoutNamedStages) {
  const SourceFile file("Dockerfile", "FROM a\nFROM b\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_EQ(FindTarget(dockerfile, "production", {}, problems), std::nullopt);
  ASSERT_EQ(problems.diagnostics().size(), 1);
  EXPECT_EQ(problems.diagnostics()[0].help,
            "add `AS production` to the FROM of the stage");
  for (const char* target : {"0", "-x", "a b", "a/b"}) {
    diag::Collector more;
    FindTarget(dockerfile, target, {}, more);
    EXPECT_EQ(more.diagnostics()[0].help,
              "add `AS build` to the FROM of the stage, and use `build`: "
              "stages have no other names than those after AS")
        << target;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
