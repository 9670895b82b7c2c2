#include "runtime/dockerfile/parse.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Keeps the text that a result points into.
struct Parsed {
  std::unique_ptr<SourceFile> file;
  diag::Collector problems;
  Dockerfile dockerfile;

  std::string Text(Span span) const {
    return file->text().substr(span.begin, span.end - span.begin);
  }
};

Parsed Read(const std::string& text) {
  Parsed parsed;
  parsed.file = std::make_unique<SourceFile>("Dockerfile", text);
  parsed.dockerfile = Parse(*parsed.file, parsed.problems);
  return parsed;
}

std::vector<std::string> Problems(const Parsed& parsed) {
  std::vector<std::string> problems;
  for (const diag::Diagnostic& d : parsed.problems.Sorted()) {
    const Position at = parsed.file->PositionAt(d.span.begin);
    problems.push_back(absl::StrCat(at.line, ":", at.column, " ",
                                    parsed.Text(d.span), " ", d.rule->id));
  }
  return problems;
}

std::vector<std::string> Texts(const std::vector<Word>& words) {
  std::vector<std::string> strings;
  for (const Word& word : words) strings.push_back(word.text);
  return strings;
}

TEST(ParseTest, Stages) {
  const Parsed parsed = Read(
      "# syntax = docker/dockerfile:1\n"
      "ARG V=3\n"
      "FROM --platform=$BUILDPLATFORM golang:$V AS Build\n"
      "RUN make \\\n"
      "  # comment\n"
      "  all\n"
      "\n"
      "# the last\n"
      "from scratch\n"
      "COPY --from=build --chown=1:2 [\"/a b\", \"/c\"]\n");
  EXPECT_THAT(Problems(parsed), IsEmpty());
  const Dockerfile& file = parsed.dockerfile;
  EXPECT_EQ(file.syntax.text, "docker/dockerfile:1");
  EXPECT_EQ(parsed.Text(file.syntax.span), "docker/dockerfile:1");
  ASSERT_EQ(file.global_args.size(), 1);
  EXPECT_EQ(file.global_args[0].pairs[0].name, "V");
  EXPECT_EQ(file.global_args[0].pairs[0].value, "3");
  ASSERT_EQ(file.stages.size(), 2);
  const Stage& build = file.stages[0];
  EXPECT_EQ(build.name, "build");
  EXPECT_EQ(parsed.Text(build.name_span), "Build");
  EXPECT_EQ(build.base.text, "golang:$V");
  EXPECT_EQ(parsed.Text(build.base.span), "golang:$V");
  EXPECT_EQ(build.from.FindFlag("platform")->value, "$BUILDPLATFORM");
  ASSERT_EQ(build.instructions.size(), 1);
  EXPECT_EQ(build.instructions[0].keyword, "RUN");
  EXPECT_EQ(build.instructions[0].text, "make   all");
  EXPECT_EQ(parsed.Text({parsed.file.get(), build.end, build.end + 4}), "from");
  EXPECT_EQ(build.Shown(), "stage `build`");
  const Stage& last = file.stages[1];
  EXPECT_EQ(last.Shown(), "stage 1");
  const Instruction& copy = last.instructions[0];
  EXPECT_TRUE(copy.exec_form);
  EXPECT_THAT(Texts(copy.words), ElementsAre("/a b", "/c"));
  EXPECT_EQ(parsed.Text(copy.words[0].span), "\"/a b\"");
  EXPECT_EQ(copy.FindFlag("from")->value, "build");
  EXPECT_EQ(parsed.Text(copy.FindFlag("chown")->span), "--chown=1:2");
  EXPECT_EQ(last.end, parsed.file->text().size());
}

TEST(ParseTest, EscapeDirective) {
  const Parsed parsed = Read(
      "# escape=`\n"
      "FROM a\n"
      "COPY c:\\ `\n"
      "  d:\\\n"
      "RUN x\n");
  EXPECT_THAT(Problems(parsed), IsEmpty());
  EXPECT_EQ(parsed.dockerfile.escape, '`');
  EXPECT_THAT(Texts(parsed.dockerfile.stages[0].instructions[0].words),
              ElementsAre("c:\\", "d:\\"));
}

TEST(ParseTest, DirectivesStandAtTheTopOnly) {
  for (const char* text :
       {"# a comment\n# escape=`\nFROM a\n", "\n# escape=`\nFROM a\n",
        "# other=1\n# escape=`\nFROM a\n", "FROM a\n# escape=`\n"}) {
    EXPECT_EQ(Read(text).dockerfile.escape, '\\') << text;
  }
  EXPECT_EQ(Read("#  Escape = ` \r\nFROM a").dockerfile.escape, '`');
  EXPECT_EQ(Read("# syntax=x\n# escape=`\nFROM a").dockerfile.escape, '`');
}

TEST(ParseTest, Pairs) {
  const Parsed parsed = Read(
      "FROM a\n"
      "ENV A=1 B=\"x y\" C=a\\ b\n"
      "ENV OLD the  rest of it \n"
      "ARG X Y=2\n"
      "LABEL \"a.b\"='c d'\n");
  EXPECT_THAT(Problems(parsed), IsEmpty());
  std::vector<std::string> pairs;
  for (const Instruction& i : parsed.dockerfile.stages[0].instructions) {
    for (const Pair& pair : i.pairs) {
      pairs.push_back(
          absl::StrCat(pair.name, "=", pair.value.value_or("(none)")));
    }
  }
  EXPECT_THAT(pairs,
              ElementsAre("A=1", "B=\"x y\"", "C=a\\ b", "OLD=the  rest of it",
                          "X=(none)", "Y=2", "\"a.b\"='c d'"));
}

TEST(ParseTest, Heredocs) {
  const Parsed parsed = Read(
      "FROM a\n"
      "RUN <<EOF cat <<-'OTHER' \\\n"
      "  && true\n"
      "RUN inside\n"
      "# kept\n"
      "EOF\n"
      "\t\tx $y\n"
      "\tOTHER\n"
      "COPY << F.txt /x\n"
      "one\r\n"
      "F.txt\n"
      "ONBUILD RUN <<E\n"
      "o\n"
      "E\n"
      "RUN [\"<<EOF\"]\n"
      "RUN a<<b; x <<<EOF; echo \"<<EOF\"\n"
      "CMD x\n");
  EXPECT_THAT(Problems(parsed), IsEmpty());
  const std::vector<Instruction>& all =
      parsed.dockerfile.stages[0].instructions;
  ASSERT_EQ(all.size(), 6);
  ASSERT_EQ(all[0].heredocs.size(), 2);
  EXPECT_EQ(all[0].heredocs[0].name, "EOF");
  EXPECT_TRUE(all[0].heredocs[0].expand);
  EXPECT_EQ(all[0].heredocs[0].content, "RUN inside\n# kept\n");
  EXPECT_EQ(all[0].heredocs[1].name, "OTHER");
  EXPECT_FALSE(all[0].heredocs[1].expand);
  EXPECT_EQ(all[0].heredocs[1].content, "x $y\n");
  EXPECT_EQ(parsed.Text(all[0].heredocs[1].span), "\t\tx $y\n\tOTHER");
  EXPECT_EQ(all[1].heredocs[0].name, "F.txt");
  EXPECT_EQ(all[1].heredocs[0].content, "one\r\n");
  EXPECT_EQ(all[2].trigger[0].heredocs[0].content, "o\n");
  EXPECT_THAT(all[3].heredocs, IsEmpty());
  EXPECT_THAT(all[4].heredocs, IsEmpty());
  EXPECT_EQ(all[5].keyword, "CMD");
}

TEST(ParseTest, FlagsEndAndQuotes) {
  const Parsed parsed = Read(
      "FROM a\n"
      "RUN --mount=type=bind,\"source=a b\" -- --network x\n"
      "COPY --link --from='x' a b\n");
  EXPECT_THAT(Problems(parsed), IsEmpty());
  const auto& all = parsed.dockerfile.stages[0].instructions;
  ASSERT_EQ(all[0].flags.size(), 1);
  EXPECT_EQ(all[0].flags[0].value, "type=bind,source=a b");
  EXPECT_EQ(all[0].text, "--network x");
  EXPECT_FALSE(all[1].FindFlag("link")->value.has_value());
  EXPECT_EQ(all[1].FindFlag("from")->value, "x");
  EXPECT_EQ(all[1].FindFlag("chown"), nullptr);
}

TEST(ParseTest, OpenAtTheEnd) {
  EXPECT_TRUE(Read("FROM a\nRUN x \\\n").dockerfile.open);
  EXPECT_FALSE(Read("FROM a\nRUN x\n").dockerfile.open);
}

// `;` is a part of the first one's name, so that nothing is left for the other.
TEST(ParseTest, AnInstructionHoldsItsUnfinishedHeredocs) {
  const Parsed parsed = Read("FROM a\nRUN cat <<A; cat <<B\n1\nA\n");
  const Instruction& run = parsed.dockerfile.stages[0].instructions[0];
  ASSERT_EQ(run.heredocs.size(), 2);
  EXPECT_EQ(run.heredocs[0].content, "1\nA\n");
  EXPECT_EQ(run.span.end, run.heredocs[0].span.end);
}

TEST(ParseTest, SaysWhyAWordIsNoPair) {
  for (const auto& [text, help] :
       std::vector<std::pair<std::string, std::string>>{
           {"ENV A=1 \\\nRUN x y\n",
            "remove the `\\` at the end of line 2: `RUN` is the first word of "
            "another instruction"},
           {"LABEL a=b \\\ncopy x y\n",
            "remove the `\\` at the end of line 2: `copy` is the first word of "
            "another instruction"},
           {"LABEL a=b #c\n",
            "put the comment on a line of its own, above `LABEL`"},
           {"ENV A=b c\n",
            "write `c=VALUE`, or put a value with spaces in double quotes"},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", text));
    diag::Collector problems;
    Parse(file, problems);
    ASSERT_EQ(problems.diagnostics().size(), 1) << text;
    EXPECT_EQ(problems.diagnostics()[0].help, help) << text;
  }
}

struct Case {
  const char* text;
  std::vector<std::string> problems;
};

TEST(ParseTest, Problems) {
  for (const Case& c : std::vector<Case>{
           {"", {"1:1  dockerfile-without-from"}},
           {"# only\n", {"1:1  dockerfile-without-from"}},
           {"FROM a\nRUNN x\nCOYP a b\n",
            {"2:1 RUNN dockerfile-unknown-instruction",
             "3:1 COYP dockerfile-unknown-instruction"}},
           {"RUN x\nFROM a\n", {"1:1 RUN dockerfile-before-from"}},
           {"FROM\n", {"1:1 FROM dockerfile-arguments"}},
           {"FROM a b\n", {"1:6 a b dockerfile-arguments"}},
           {"FROM a AS 1b\n", {"1:11 1b dockerfile-stage-name"}},
           {"FROM a AS b\nFROM a AS B\n", {}},
           {"FROM a AS\n", {"1:6 a AS dockerfile-arguments"}},
           {"FROM a as b c\n", {"1:6 a as b c dockerfile-arguments"}},
           {"FROM a\nCOPY x\n", {"2:6 x dockerfile-arguments"}},
           {"FROM a\nCOPY --chwon=1 a b\n",
            {"2:6 --chwon=1 dockerfile-unknown-flag"}},
           {"FROM a\nWORKDIR\n", {"2:1 WORKDIR dockerfile-arguments"}},
           {"FROM a\nENV A\n", {"2:5 A dockerfile-arguments"}},
           {"FROM a\nENV A=1 B\n", {"2:9 B dockerfile-syntax"}},
           {"FROM a\nENV A=1 \\\nRUN x y\n", {"3:1 RUN dockerfile-syntax"}},
           {"FROM a\nLABEL a=b # c d\n", {"2:11 # dockerfile-syntax"}},
           {"FROM a\nCMD [\"a\", 1]\n", {"2:5 [\"a\", 1] dockerfile-syntax"}},
           {"FROM a\nSHELL sh\n", {"2:7 sh dockerfile-arguments"}},
           {"FROM a\nRUN <<E\nx\n", {"2:1 RUN <<E dockerfile-syntax"}},
           {"# escape=x\nFROM a\n", {"1:10 x dockerfile-syntax"}},
           {"# escape=`\n# escape=`\nFROM a\n", {"2:10 ` dockerfile-syntax"}},
           {"FROM a\nONBUILD\n", {"2:1 ONBUILD dockerfile-arguments"}},
           {"FROM a\nONBUILD FOO x\n",
            {"2:9 FOO dockerfile-unknown-instruction"}},
           {"FROM a\nONBUILD FROM b\n", {"2:9 FROM dockerfile-value"}},
           {"FROM a\nONBUILD ONBUILD RUN x\n",
            {"2:9 ONBUILD dockerfile-value"}},
           {"FROM a\nONBUILD maintainer x\n",
            {"2:9 maintainer dockerfile-value"}},
           {"FROM a\nONBUILD ENV A\n", {"2:13 A dockerfile-arguments"}},
           {"FROM a\nCOPY a b <<E\nE\n", {"2:10 <<E dockerfile-value"}},
           {"FROM a\nENV =x\n", {"2:5 =x dockerfile-value"}},
           {"FROM a\nLABEL a=b =x\n", {"2:11 =x dockerfile-value"}},
           {"FROM a\nARG =x\n", {"2:5 =x dockerfile-value"}},
           {"FROM a\nENV \"a b\"\n", {}},
           {"FROM a\nSHELL []\n", {"2:7 [] dockerfile-arguments"}},
           {"FROM a\nVOLUME []\n", {"2:8 [] dockerfile-arguments"}},
           {"FROM a\nVOLUME [\"/a\", \" \"]\n",
            {"2:15 \" \" dockerfile-value"}},
           {"FROM a\nHEALTHCHECK curl x\n", {"2:13 curl dockerfile-value"}},
           {"FROM a\nHEALTHCHECK CMD\n", {"2:13 CMD dockerfile-arguments"}},
           {"FROM a\nHEALTHCHECK CMD []\n",
            {"2:13 CMD [] dockerfile-arguments"}},
           {"FROM a\nHEALTHCHECK CMD [1]\n",
            {"2:13 CMD [1] dockerfile-syntax"}},
           {"FROM a\nHEALTHCHECK NONE x\n", {"2:17  x dockerfile-value"}},
           {"FROM a\nHEALTHCHECK NONE\nHEALTHCHECK none []\n", {}},
           {"FROM a\nHEALTHCHECK --interval=5 --retries=x CMD y\n",
            {"2:13 --interval=5 dockerfile-value",
             "2:26 --retries=x dockerfile-value"}},
           {"FROM a\nHEALTHCHECK --timeout=1us --start-period=-1s CMD y\n",
            {"2:13 --timeout=1us dockerfile-value",
             "2:27 --start-period=-1s dockerfile-value"}},
           {"FROM a\nHEALTHCHECK --start-interval CMD y\n",
            {"2:13 --start-interval dockerfile-value"}},
       }) {
    EXPECT_EQ(Problems(Read(c.text)), c.problems) << c.text;
  }
}

TEST(ParseTest, Flags) {
  for (const Case& c : std::vector<Case>{
           {"FROM a\nCOPY --chown b c\n", {"2:6 --chown dockerfile-value"}},
           {"FROM a\nCOPY --chmod b c\n", {"2:6 --chmod dockerfile-value"}},
           {"FROM a\nCOPY --link=yes b c\n",
            {"2:6 --link=yes dockerfile-value"}},
           {"FROM a\nCOPY --link= b c\n", {"2:6 --link= dockerfile-value"}},
           {"FROM a\nCOPY --link --link=False --parents=TRUE b c\n",
            {"2:13 --link=False dockerfile-value"}},
           {"FROM a\nCOPY --from=x --from=y b c\n",
            {"2:15 --from=y dockerfile-value"}},
           {"FROM a\nCOPY --exclude=x --exclude=y b c\n", {}},
           {"FROM a\nCOPY --exclude b c\n", {"2:6 --exclude dockerfile-value"}},
           {"FROM a\nCOPY --unpack b c\n",
            {"2:6 --unpack dockerfile-unknown-flag"}},
           {"FROM a\nADD --unpack=1 --keep-git-dir=no b c\n",
            {"2:5 --unpack=1 dockerfile-value",
             "2:16 --keep-git-dir=no dockerfile-value"}},
           {"FROM a\nADD --parents b c\n",
            {"2:5 --parents dockerfile-unknown-flag"}},
           {"FROM a\nRUN --network=bad x\n",
            {"2:5 --network=bad dockerfile-value"}},
           {"FROM a\nRUN --network= --security=None x\n",
            {"2:5 --network= dockerfile-value",
             "2:16 --security=None dockerfile-value"}},
           {"FROM a\nRUN --mount x\n", {"2:5 --mount dockerfile-value"}},
           {"FROM a\nRUN --mount=from=$A,target=/x y\n",
            {"2:5 --mount=from=$A,target=/x dockerfile-value"}},
           {"FROM a\nRUN --device=a,b x\n",
            {"2:5 --device=a,b dockerfile-value"}},
           {"FROM --platform a\n", {"1:6 --platform dockerfile-value"}},
           {"FROM a\nUSER --x y\n", {"2:6 --x dockerfile-unknown-flag"}},
           // BuildKit does not look at these.
           {"FROM a\nARG --x=1 Y\nSTOPSIGNAL --x 9\n"
            "HEALTHCHECK --x NONE\n",
            {}},
       }) {
    EXPECT_EQ(Problems(Read(c.text)), c.problems) << c.text;
  }
}

// An image can have any trigger; it fails where it is run.
TEST(ParseTest, WhatIsWrongWithATriggerIsANote) {
  const Parsed parsed =
      Read("FROM a\nONBUILD COPY --bogus b\nONBUILD FOO\nONBUILD EXPOSE\n");
  EXPECT_EQ(parsed.problems.diagnostics().size(), 4u);
  EXPECT_EQ(parsed.problems.warnings(), 0);
  EXPECT_EQ(parsed.problems.errors(), 0);
}

TEST(ParseTest, LinesHaveAtMost65535Bytes) {
  const std::string line = "#" + std::string(65534, 'x');
  EXPECT_THAT(Problems(Read(line + "\nFROM a\n")), IsEmpty());
  EXPECT_THAT(Problems(Read("FROM a\n" + line)), IsEmpty());
  EXPECT_THAT(Problems(Read(line + "x\nFROM a\n")),
              ElementsAre("1:1 # dockerfile-value"));
  for (const auto& [start, help] :
       {std::pair("FROM a\n", "with `\\`"),
        std::pair("# escape=`\nFROM a\n", "with a backtick"),
        std::pair("# escape=`\nFROM a\n# escape=\\\n", "with a backtick")}) {
    const Parsed parsed = Read(absl::StrCat(start, line, "x\n"));
    ASSERT_EQ(parsed.problems.diagnostics().size(), 1u);
    EXPECT_THAT(parsed.problems.diagnostics()[0].help,
                ::testing::HasSubstr(help));
  }
}

// With `keep_unset`, bash's own modifiers are no errors.
TEST(ParseTest, HeredocsBesideModifiersOfBash) {
  const Parsed parsed =
      Read("FROM a\nRUN cat <<E ${x:=1} ${y:0:3}\nFROM b\nE\n");
  EXPECT_THAT(Problems(parsed), IsEmpty());
  EXPECT_EQ(parsed.dockerfile.stages.size(), 1);
}

TEST(ParseTest, SuggestionsAreGiven) {
  const Parsed parsed = Read("FROM a\nCOYP --chwon=1 a b\nRUN --mont=x y\n");
  const auto problems = parsed.problems.Sorted();
  ASSERT_EQ(problems.size(), 2);
  EXPECT_EQ(problems[0].label, "did you mean `COPY`?");
  EXPECT_EQ(problems[1].label, "did you mean `--mount`?");
}

// One error for one cause, with advice that removes it.
TEST(ParseTest, WordsThatAreNoPairs) {
  struct Case {
    const char* lines;
    const char* problem;
    const char* help;
  };
  for (const Case& c : std::vector<Case>{
           {"ENV A=1 \\\nRUN echo hello\n", "3:1 RUN dockerfile-syntax",
            "remove the `\\` at the end of line 2: `RUN` is the first word of "
            "another instruction"},
           {"LABEL x=1 \\\n# comment\n\n  copy src /x y=2\n",
            "5:3 copy dockerfile-syntax",
            "remove the `\\` at the end of line 2: `copy` is the first word of "
            "another instruction"},
           {"LABEL a=\"b\" # c d\n", "2:13 # dockerfile-syntax",
            "put the comment on a line of its own, above `LABEL`"},
           {"ENV A=1 \\\n  B=2 #c\n", "3:7 #c dockerfile-syntax",
            "put the comment on a line of its own, above `ENV`"},
           {"ENV A=hello big world\n", "2:13 big dockerfile-syntax",
            "write `big=VALUE`, or put a value with spaces in double quotes"},
           // A word of the same line.
           {"ENV A=1 RUN\n", "2:9 RUN dockerfile-syntax",
            "write `RUN=VALUE`, or put a value with spaces in double quotes"},
       }) {
    const Parsed parsed = Read(absl::StrCat("FROM a\n", c.lines));
    EXPECT_THAT(Problems(parsed), ElementsAre(c.problem));
    if (parsed.problems.diagnostics().empty()) continue;
    EXPECT_EQ(parsed.problems.diagnostics()[0].help, c.help);
  }
  EXPECT_EQ(Read("# escape=`\nFROM a\nENV A=1 `\nRUN x\n")
                .problems.diagnostics()[0]
                .help,
            "remove the ``` at the end of line 3: `RUN` is the first word of "
            "another instruction");
}

}  // namespace
}  // namespace ovenbird::dockerfile
