#include "runtime/dockerfile/scope.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

// Returns the text with the variables as they are at the end of the Dockerfile
// `lines`: "unknown X" and "error" for what cannot be expanded.
std::string ExpandAfter(const std::string& lines, absl::string_view text,
                        const Scope::Values& build_args = {}) {
  const SourceFile file("Dockerfile", lines);
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  const auto ignore = [](const Pair&, const Expanded&) {};
  Scope global(&build_args, dockerfile.escape);
  for (const Instruction& arg : dockerfile.global_args) {
    global.AddGlobal(arg, ignore);
  }
  std::optional<Scope> scope;
  for (const Stage& stage : dockerfile.stages) {
    scope = stage.base.text == "scratch" ? global.NewEmptyStage()
            : stage.base.text == "below" ? global.NewStageFrom(Scope(*scope))
                                         : global.NewStage();
    for (const Instruction& instruction : stage.instructions) {
      scope->Apply(instruction, ignore);
    }
  }
  const Expanded expanded =
      scope ? scope->Expand(text) : global.ExpandGlobal(text);
  if (!expanded.error.empty()) return "error";
  if (!expanded.unknown.empty()) {
    return absl::StrCat("unknown ", expanded.unknown);
  }
  if (expanded.known_size) {
    return absl::StrCat(expanded.text.substr(0, *expanded.known_size), "|");
  }
  return expanded.text;
}

TEST(ScopeTest, Expands) {
  struct Case {
    const char* lines;
    const char* text;
    const char* expanded;
  };
  for (const Case& c : {
           // Base images may have an ENV, `scratch` has none.
           Case{"FROM a\n", "/$A", "unknown A"},
           {"FROM scratch\n", "/$A", "/"},
           {"FROM scratch\n", "${A:-x}", "x"},
           {"FROM scratch\n", "${A?x}", "error"},
           {"FROM a\nENV A=1\n", "$A", "1"},
           {"FROM a\nENV A=1 B=$A\n", "$B", "unknown B"},
           {"FROM scratch\nENV A=1\nENV A=2 B=$A\n", "$A$B", "21"},
           {"FROM a\nENV A=1\nLABEL A=2\n", "$A", "1"},
           // The last of ENV and ARG counts. ARG: its default, unless a build
           // argument is given.
           {"FROM scratch\nARG A=1\n", "$A", "1"},
           {"FROM scratch\nARG A\n", "x$A", "x"},
           {"FROM scratch\nARG GIVEN=1\n", "$GIVEN", "yes"},
           {"FROM scratch\n", "x$GIVEN", "x"},
           {"FROM scratch\nENV A=1\nARG A=2\n", "$A", "2"},
           {"FROM scratch\nARG A=1\nENV A=2\n", "$A", "2"},
           // A global ARG counts in a stage that declares it.
           {"ARG A=1\nFROM scratch\n", "x$A", "x"},
           {"ARG A=1\nFROM scratch\nARG A\n", "$A", "1"},
           {"ARG A=1\nFROM scratch\nARG A=2\n", "$A", "2"},
           // Only ARGs before the first FROM count in a FROM.
           {"ARG A=1\nARG B=$A-2\n", "$B", "1-2"},
           // A stage inherits ENV and ARG of the stage below it.
           {"FROM scratch AS below\nENV A=1\nARG B=2\nFROM below\n", "$A/$B",
            "1/2"},
           // Values that only the executor knows.
           {"FROM scratch\nARG TARGETARCH\n", "a/$TARGETARCH/b", "a/|"},
           {"FROM a\n", "a$", "a$"},
           {"FROM a\n", "${A", "error"},
       }) {
    EXPECT_EQ(ExpandAfter(c.lines, c.text, {{"GIVEN", "yes"}}), c.expanded)
        << c.lines << c.text;
  }
}

TEST(ScopeTest, ReportsEachPairThatCannotBeExpanded) {
  const SourceFile file("Dockerfile", "FROM a\nENV A=1 B=${X C=${Y\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  const Scope::Values none;
  Scope scope = Scope(&none, '\\').NewStage();
  std::vector<std::string> names;
  scope.Apply(dockerfile.stages[0].instructions[0],
              [&](const Pair& pair, const Expanded& value) {
                EXPECT_TRUE(value.bad_syntax) << pair.name;
                names.push_back(pair.name);
              });
  EXPECT_EQ(names, (std::vector<std::string>{"B", "C"}));
  EXPECT_EQ(scope.Expand("$A").text, "1");
}

TEST(ScopeTest, KnownValues) {
  const SourceFile file("Dockerfile",
                        "ARG G=1\nARG TARGETARCH\nFROM scratch\nENV A=1\n"
                        "ARG B\nARG TARGETOS\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  const Scope::Values none;
  const auto ignore = [](const Pair&, const Expanded&) {};
  Scope global(&none, '\\');
  for (const Instruction& arg : dockerfile.global_args) {
    global.AddGlobal(arg, ignore);
  }
  Scope scope = global.NewStageWith({{"E", "image"}});
  for (const Instruction& each : dockerfile.stages[0].instructions) {
    scope.Apply(each, ignore);
  }
  Scope::Known known = scope.All();
  EXPECT_EQ(known.at("A"), "1");
  EXPECT_EQ(known.at("B"), std::nullopt);
  EXPECT_EQ(known.at("E"), "image");
  EXPECT_EQ(known.count("TARGETOS"), 0u);
  EXPECT_EQ(known.count("G"), 0u);
  known = scope.Globals();
  EXPECT_EQ(known.at("G"), "1");
  EXPECT_EQ(known.count("TARGETARCH"), 0u);
}

TEST(ScopeTest, PredefinedArgs) {
  for (const char* name : {"HTTP_PROXY", "https_proxy", "TARGETARCH"}) {
    EXPECT_TRUE(IsPredefinedArg(name)) << name;
  }
  for (const char* name : {"", "PROXY", "targetarch", "PATH"}) {
    EXPECT_FALSE(IsPredefinedArg(name)) << name;
  }
}

Instruction Make(const std::string& keyword, const std::string& name,
                 std::optional<std::string> value) {
  Instruction instruction;
  instruction.keyword = keyword;
  Pair pair;
  pair.name = name;
  pair.value = std::move(value);
  instruction.pairs = {pair};
  return instruction;
}

// Each line doubles the value: 40 of them would need a terabyte.
TEST(ScopeTest, ValuesThatDoubleAreReportedOnce) {
  const Scope::Values given;
  Scope scope = Scope(&given, '\\').NewEmptyStage();
  std::vector<std::string> errors;
  const auto note = [&](const Pair&, const Expanded& value) {
    errors.push_back(value.error);
  };
  scope.Apply(Make("ENV", "A", std::string(1000, 'a')), note);
  for (int i = 0; i < 40; ++i) scope.Apply(Make("ENV", "A", "$A$A"), note);
  EXPECT_THAT(errors, ::testing::ElementsAre(
                          ::testing::HasSubstr("longer than 1 MiB")));
  // Many of them have a limit together.
  for (int i = 0; i < 40; ++i) {
    scope.Apply(Make("ENV", absl::StrCat("B", i), std::string(999999, 'b')),
                note);
  }
  EXPECT_EQ(errors.back(),
            "the values of all variables are longer than 16 MiB");
}

TEST(ScopeTest, FindsWhatAllHas) {
  const Scope::Values given = {{"GIVEN", "g"}};
  const auto ignore = [](const Pair&, const Expanded&) {};
  const Scope top(&given, '\\');
  Scope below = top.NewStage();
  below.Apply(Make("ENV", "E", "1"), ignore);
  below.Apply(Make("ENV", "HIDDEN", "2"), ignore);
  below.Apply(Make("ARG", "GIVEN", std::nullopt), ignore);
  Scope scope = top.NewStageFrom(below);
  scope.Apply(Make("ENV", "HIDDEN", "3"), ignore);
  scope.Apply(Make("ENV", "UNKNOWN", "$OF_THE_BASE"), ignore);
  scope.Apply(Make("ENV", "ARCH", "$TARGETARCH"), ignore);
  Scope scratch = top.NewEmptyStage();
  scratch.Apply(Make("ARG", "UNSET", std::nullopt), ignore);
  for (const Scope* each : {&below, &scope, &scratch}) {
    const Scope::Known all = each->All();
    for (const char* name :
         {"E", "HIDDEN", "GIVEN", "UNKNOWN", "ARCH", "UNSET", "PATH", "NONE"}) {
      const auto found = each->Find(name);
      EXPECT_EQ(found.has_value(), all.count(name) > 0) << name;
      if (found.has_value()) {
        EXPECT_EQ(*found, all.at(name)) << name;
      }
    }
  }
  EXPECT_EQ(scope.Find("HIDDEN").value(), "3");
  EXPECT_EQ(scope.Find("NONE"), std::nullopt);
}

}  // namespace
}  // namespace ovenbird::dockerfile
