#include "runtime/rewrite/variables.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/rewrite/site.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::ElementsAre;

std::string Substituted(absl::string_view text, const Values& values,
                        char escape = '\\') {
  return Substitute(text, values, escape).value_or("(impossible)");
}

TEST(VariablesTest, ValuesInPlaceOfVariables) {
  const Values values = {{"A", "one"},   {"B", "a b"},  {"Q", "it's \"$5\""},
                         {"S", "c:\\d"}, {"N", "a\nb"}, {"EMPTY", ""},
                         {"UNSET", {}}};
  struct Case {
    const char* text;
    const char* want;
  };
  for (const Case& c : {
           Case{"x$A-${A}y", "xone-oney"},
           {"$A$A", "oneone"},
           // Other names, and what is no variable.
           {"$AA ${AA} $1 $ a$", "$AA ${AA} $1 $ a$"},
           {"${AA:-$A}", "${AA:-one}"},
           {"$EMPTY$UNSET|", "|"},
           // Quotes and escapes of the text stay.
           {"'$A' \"$A\" \\$A", "'$A' \"one\" \\$A"},
           {"\"'$A'\" '\"$A\"'", "\"'one'\" '\"$A\"'"},
           {"\\\\$A", "\\\\one"},
           // Values are read literally.
           {"$B", "a\\ b"},
           {"\"$B\"", "\"a b\""},
           {"$Q", "it\\'s\\ \\\"\\$5\\\""},
           {"\"$Q\"", "\"it's \\\"\\$5\\\"\""},
           {"$S", "c:\\\\d"},
           {"\"$S\"", "\"c:\\\\d\""},
           // Modifiers cannot be kept.
           {"${A:-x}", "(impossible)"},
           {"${UNSET+x}", "(impossible)"},
           {"${A", "(impossible)"},
           // No line of a Dockerfile can have this value.
           {"x$N", "(impossible)"},
           {"\"$N\"", "(impossible)"},
           {"'$N'", "'$N'"},
       }) {
    EXPECT_EQ(Substituted(c.text, values), c.want) << c.text;
  }
  EXPECT_EQ(Substituted("$B `$B", values, '`'), "a` b `$B");
  EXPECT_EQ(Substituted("$S", values, '`'), "c:\\d");
}

TEST(VariablesTest, PartsThatAreExpanded) {
  struct Case {
    const char* line;
    std::vector<std::string> parts;
  };
  for (const Case& c : std::vector<Case>{
           {"COPY --from=x --chown=1 --link a b", {"1", "a", "b"}},
           {"ENV A=b C=d", {"A", "b", "C", "d"}},
           {"ARG A B=c", {"A", "B", "c"}},
           {"USER a:b", {"a:b"}},
           {"WORKDIR /a", {"/a"}},
           {"EXPOSE 80 81", {"80", "81"}}}) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", c.line, "\n"));
    diag::Collector problems;
    dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    std::vector<std::string> parts;
    for (const std::string* part :
         ExpandedParts(dockerfile.stages[0].instructions[0])) {
      parts.push_back(*part);
    }
    EXPECT_EQ(parts, c.parts) << c.line;
  }
}

// The value of V in the last stage, as BuildKit reads the text.
std::optional<std::string> ValueOfV(const std::string& text) {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  EXPECT_EQ(problems.errors(), 0) << text;
  const dockerfile::Scope::Values none;
  dockerfile::Scope global(&none, dockerfile.escape);
  const auto ignore = [](const auto&, const auto&) {};
  for (const dockerfile::Instruction& arg : dockerfile.global_args) {
    global.AddGlobal(arg, ignore);
  }
  dockerfile::Scope stage = global.NewStage();
  for (const auto& instruction : dockerfile.stages.back().instructions) {
    stage.Apply(instruction, ignore);
  }
  return stage.Find("V").value_or(std::nullopt);
}

// The executor has the value of an earlier stage, so the ARG gets its own one.
TEST(VariablesTest, AnArgKeepsItsValueWhenItIsWrittenOut) {
  for (const char* written : {"top", "\"a b\"", "\"it's\"", "'a\"b'", "'$x'",
                              "'a\\b'", "a\\ b", "'`x`'", "\"\"", "' a '"}) {
    const std::string text = absl::StrCat(
        "ARG V=", written,
        "\nFROM a AS one\nARG V=first\nFROM b\nCOPY --from=one /f /g\nARG "
        "V\nENV E=$V\nRUN x\n");
    const testing::Outcome outcome = testing::RewriteOver({}, text);
    EXPECT_THAT(outcome.reports, ElementsAre()) << written;
    EXPECT_TRUE(absl::StrContains(outcome.text, "ARG V=\"")) << outcome.text;
    EXPECT_EQ(ValueOfV(outcome.text), ValueOfV(text)) << outcome.text;
  }
}

// A modifier is written as its value, which has to be read literally, too.
TEST(VariablesTest, ValuesOfModifiersAreQuoted) {
  const std::string text =
      "FROM base\nENV X=env\nARG X=\"a b\"\nLABEL m=${X:-y} n=\"${X%b}\"\n";
  const testing::Outcome outcome = testing::RewriteOver({}, text);
  EXPECT_THAT(outcome.reports, ElementsAre());
  EXPECT_THAT(outcome.text, ::testing::HasSubstr("LABEL m=a\\ b n=a\\ \n"));
}

// Build arguments can have values that no line of a Dockerfile can have.
TEST(VariablesTest, ALineEndInAValueIsReported) {
  for (const auto& [executor, line] :
       {std::pair("gcr.io/kaniko-project/executor:v1.24.0",
                  "ENV X=env\nARG X\nLABEL m=$X\n"),
        std::pair("gcr.io/kaniko-project/executor:v1.24.0",
                  "ENV X=env\nARG X\nLABEL m=${X:-y}\n"),
        std::pair("gcr.io/kaniko-project/executor:v0.17.1",
                  "ARG X\nLABEL m=${X#a}\n")}) {
    testing::Over over;
    over.executor = executor;
    over.args = {{"X", "a\nb"}};
    const testing::Outcome outcome =
        testing::RewriteOver(over, absl::StrCat("FROM base\n", line));
    EXPECT_THAT(outcome.reports, ::testing::Not(ElementsAre())) << line;
    EXPECT_THAT(outcome.text, ::testing::Not(::testing::HasSubstr("\nb")))
        << line;
  }
}

TEST(VariablesTest, ShellsThatKnowExport) {
  struct Case {
    std::vector<std::string> shell;
    bool posix;
  };
  for (const Case& c : std::vector<Case>{{{}, true},
                                         {{"/bin/sh", "-c"}, true},
                                         {{"bash", "-c"}, true},
                                         {{"/usr/local/bin/zsh"}, true},
                                         {{"/usr/bin/python3", "-c"}, false},
                                         {{"/bin/fish"}, false},
                                         {{"/bin/sh/"}, false}}) {
    const dockerfile::Scope::Values none;
    StageState state(dockerfile::Scope(&none, '\\'));
    state.shell = c.shell;
    EXPECT_EQ(HasPosixShell(state), c.posix)
        << (c.shell.empty() ? "" : c.shell[0]);
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
