#include "runtime/rewrite/rewrite.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/rewrite/config.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* name;
  const char* dockerfile;
  const char* sent;
  const char* target = "";
};

// `reported`: what the rewriting reports; null: it must report nothing.
Rewritten RewriteText(const SourceFile& file, absl::string_view target,
                      diag::Collector* reported = nullptr) {
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor("gcr.io/kaniko-project/executor:v1.24.0");
  dockerfile::ResolveOptions options;
  options.build_args = PlatformArgs("", "linux/amd64");
  options.target =
      dockerfile::FindTarget(dockerfile, target, {}, problems).value();
  Request request;
  request.dockerfile = &dockerfile;
  request.target = options.target;
  request.stages = dockerfile::Resolve(dockerfile, options, problems).stages;
  request.executor = &executor;
  request.snapshot_mode = "full";
  request.platform = "linux/amd64";
  request.build_args = options.build_args;
  EXPECT_EQ(problems.diagnostics().size(), 0u);
  Rewritten rewritten =
      Rewrite(request, reported == nullptr ? problems : *reported);
  EXPECT_EQ(problems.diagnostics().size(), 0u);
  return rewritten;
}

class RewriteTest : public testing::TestWithParam<Case> {};

TEST_P(RewriteTest, SendsTheText) {
  const SourceFile file("Dockerfile", GetParam().dockerfile);
  EXPECT_EQ(RewriteText(file, GetParam().target).text, GetParam().sent);
}

const Case kCases[] = {
    {"NothingToDo", "# a\nFROM a\n\nRUN x \\\n  y\nCOPY . /\n",
     "# a\nFROM a\n\nRUN x \\\n  y\nCOPY . /\n"},
    {"UnneededStage", "FROM a AS one\nRUN x\n\nFROM b AS two\nRUN y\n",
     "FROM b AS two\nRUN y\n"},
    {"StagesAfterTheTarget", "FROM a AS one\nRUN x\nFROM b AS two\nRUN y\n",
     "FROM a AS one\nRUN x\n", "one"},
    {"NumberedStage", "FROM a\nFROM b\nCOPY --from=0 /x /y\n",
     "FROM a AS stage-0\nFROM b\nCOPY --from=stage-0 /x /y\n"},
    {"NumberOfANamedStage", "FROM a AS one\nFROM b\nCOPY --from=0 /x /y\n",
     "FROM a AS one\nFROM b\nCOPY --from=one /x /y\n"},
    {"Case", "FROM a AS One\nFROM b\nCOPY --from=oNe /x /y\n",
     "FROM a AS One\nFROM b\nCOPY --from=one /x /y\n"},
    {"ShellForm", "FROM a\nSHELL [\"/bin/ash\", \"-c\"]\nENTRYPOINT a b\n",
     "FROM a\nSHELL [\"/bin/ash\", \"-c\"]\n"
     "ENTRYPOINT [\"/bin/ash\", \"-c\", \"a b\"]\n"},
    {"ShellFormWithoutShell", "FROM a\nENTRYPOINT a b\n",
     "FROM a\nENTRYPOINT a b\n"},
    {"Ports", "FROM a\nARG P=90\nEXPOSE 80 81/UDP 82-83 $P\n",
     "FROM a\nARG P=90\nEXPOSE 80 81/udp 82/tcp 83/tcp $P\n"},
    {"Volume", "FROM a\nVOLUME /d $X\nVOLUME /d\nRUN x\n",
     "FROM a\nVOLUME /d $X\n\nRUN x\nVOLUME [\"/d\"]\n"},
    {"VolumeAtTheEnd", "FROM a\nRUN x\nVOLUME /d\n",
     "FROM a\nRUN x\nVOLUME /d\n"},
    {"TriggersOfAStage", "FROM a AS one\nONBUILD RUN x\nFROM one\nRUN y\n",
     "FROM a AS one\n\nFROM one\nRUN x\nRUN y\n"},
    {"TriggersOfTheTarget", "FROM a\nONBUILD RUN x\n",
     "FROM a\nONBUILD RUN x\n"},
    {"EmptyVariant", "FROM a\nARG TARGETVARIANT\nRUN x-$TARGETVARIANT\n",
     "FROM a\nARG TARGETVARIANT\nRUN x-$TARGETVARIANT\n"},
    {"PlatformArg", "FROM a\nARG TARGETARCH TARGETOS=x OTHER\n",
     "FROM a\nARG TARGETARCH=amd64 TARGETOS=x OTHER\n"},
    {"ValueOfAnotherStage",
     "ARG V=top\nFROM a AS one\nARG V=first IN=in\nFROM b\nCOPY --from=one /f "
     "/\n"
     "ARG V\nENV E=$V-$IN\nRUN x\n",
     "ARG V=top\nFROM a AS one\nARG V=first IN=in\nFROM b\nCOPY --from=one /f "
     "/\n"
     "ARG V=\"top\"\nENV E=$V-\nRUN unset IN; x\n"},
    {"ArgAfterEnv",
     "FROM a\nENV X=env\nARG X=\"a b\"\nLABEL l=\"$X\" m=$X\nRUN y\n",
     "FROM a\nENV X=env\nARG X=\"a b\"\nLABEL l=\"a b\" m=a\\ b\n"
     "RUN export X='a b'; y\n"},
    {"HostPort", "FROM a\nEXPOSE 8080:80\n", "FROM a\nEXPOSE 80/tcp\n"},
    {"UserInVariables", "FROM a\nENV U=app\nUSER ${U}:${G:-staff}\n",
     "FROM a\nENV U=app\nUSER ${U}:${G:-staff}\n"},
    {"UserOfScratch", "FROM scratch\nENV U=app\nUSER ${U}:${G:-staff}\n",
     "FROM scratch\nENV U=app\nUSER app:staff\n"},
    {"DefaultFlags", "FROM a\nRUN --network=default --security=sandbox x\n",
     "FROM a\nRUN x\n"},
    {"NothingToDoInScratch",
     "FROM scratch\nCOPY a /a\nRUN x\nRUN [\"/a\"]\nENV PATH=/b:$PATH\n",
     "FROM scratch\nCOPY a /a\nRUN x\nRUN [\"/a\"]\nENV PATH=/b:$PATH\n"},
    {"QuotesBeforeFrom",
     "ARG P='a$b' Q=x\nARG T=\"1.36\"-musl\nFROM a\nARG P T\nLABEL p=$P\n",
     "ARG P=\"a\\$b\"\nARG Q=x\nARG T=\"1.36-musl\"\nFROM a\nARG P T\n"
     "LABEL p=$P\n"},
    {"EscapeBeforeFrom",
     "# escape=`\nARG D=C:\\data\nFROM a\nARG D\nLABEL p=$D\n",
     "# escape=`\nARG D=\"C:\\\\data\"\nFROM a\nARG D\nLABEL p=$D\n"},
    {"EscapeOfAnArgThatIsWrittenOut",
     "# escape=`\nARG D=C:\\d V='a\"b$c\\d'\nFROM a AS one\nARG D=1 V=2\n"
     "FROM b\nCOPY --from=one /f /\nARG D V\nLABEL p=$D$V\n",
     "# escape=`\nARG D=\"C:\\\\d\"\nARG V=\"a\\\"b\\$c\\\\d\"\nFROM a AS one\n"
     "ARG D=1 V=2\nFROM b\nCOPY --from=one /f /\n"
     "ARG D='C:\\d' V='a\"b$c\\d'\nLABEL p=$D$V\n"},
    {"OtherSpellingsOfANumber", "FROM a\nRUN x\nFROM b\nCOPY --from=00 /f /\n",
     "FROM a AS stage-0\nRUN x\nFROM b\nCOPY --from=stage-0 /f /\n"},
    {"NumberInATrigger",
     "FROM a\nRUN x\nFROM b AS one\nONBUILD COPY --from=0 /f /\nFROM one\n",
     "FROM a AS stage-0\nRUN x\nFROM b AS one\n\nFROM one\n"
     "COPY --from=stage-0 /f /\n"},
    {"PortsWithoutAValue", "FROM scratch\nARG A\nEXPOSE $A\nEXPOSE 80 $A 81\n",
     "FROM scratch\nARG A\n\nEXPOSE 80 81\n"},
    {"VariableInFrom", "ARG V=one\nFROM a AS one\nFROM $V\n",
     "ARG V=one\nFROM a AS one\nFROM one\n"},
};

INSTANTIATE_TEST_SUITE_P(All, RewriteTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// Another shell does not read `export`.
TEST(RewriteTest, OnlyAPosixShellGetsVariables) {
  const std::string text =
      "FROM a\nENV X=env\nARG X=arg\nSHELL [\"/usr/bin/python3\", \"-c\"]\n"
      "RUN print(1)\n";
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  EXPECT_EQ(RewriteText(file, "", &problems).text, text);
  ASSERT_EQ(problems.diagnostics().size(), 1u);
  EXPECT_EQ(problems.diagnostics()[0].rule->id, std::string("kaniko-differs"));
}

TEST(RewriteTest, LinesKnowWhereTheyComeFrom) {
  const SourceFile file("Dockerfile",
                        "FROM a AS one\nRUN x\n# two\nFROM b\nRUN y \\\n z\n"
                        "COPY --from=c /x /y\nRUN v\n");
  const Rewritten rewritten = RewriteText(file, "");
  EXPECT_EQ(rewritten.text,
            "FROM b\nRUN y \\\n z\nCOPY --from=c /x /y\nRUN v\n");
  EXPECT_EQ(rewritten.origins, (std::vector<int>{4, 5, 6, 7, 8}));
  ASSERT_EQ(rewritten.changes.size(), 1u);
  EXPECT_EQ(rewritten.changes[0].text, "");
}

// Each of these took minutes when every instruction looked at every variable.
TEST(RewriteTest, ManyVariablesCostLittle) {
  const int kMany = 3000;
  std::string args, redeclared, envs, uses, stages;
  for (int i = 0; i < kMany; ++i) {
    absl::StrAppend(&args, "ARG A", i, "=", i, "\n");
    absl::StrAppend(&redeclared, "ARG A", i, "\n");
    absl::StrAppend(&envs, "ENV A", i, "=", i, "\n");
    absl::StrAppend(&uses, "COPY a$A1 /b\n");
    absl::StrAppend(&stages, "FROM a AS s", i, "\n");
  }
  const std::string strings[] = {
      absl::StrCat("FROM a\n", args, uses),
      absl::StrCat("FROM a\n", envs, uses),
      absl::StrCat(args, stages),
      absl::StrCat(args, "FROM a\n", redeclared),
  };
  for (const std::string& text : strings) {
    const SourceFile file("Dockerfile", text);
    const absl::Time start = absl::Now();
    RewriteText(file, "");
    EXPECT_LT(absl::Now() - start, absl::Seconds(30)) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
