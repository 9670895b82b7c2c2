#include "runtime/migrate/variables.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::migrate {
namespace {

struct Case {
  Syntax syntax;
  std::string text;
  std::string becomes;
  std::string vars = "[]";
  size_t messages = 0;
};

const Case kCases[] = {
    {Syntax::kNone, "a $b", "a $b"},
    {Syntax::kNone, "${A}", "$${A}"},
    {Syntax::kNone, "$${A}", "$$${A}"},
    {Syntax::kNone, "${KNOWN}", "${KNOWN}"},
    {Syntax::kDevSpace6, "$!{A}-$${B}", "${A}-$${B}",
     R"([{"name":"A","default":"dev"}])", 1},
    {Syntax::kDevSpace6, "${DEVSPACE_RANDOM}", "${DEVSPACE_RANDOM}"},
    {Syntax::kDevSpace6, "${MY_REGISTRY}", "${MY_REGISTRY}",
     R"([{"name":"MY_REGISTRY","default":"registry.example.com"}])", 1},
    {Syntax::kDevSpace5, "$(git describe)", "$(git describe)"},
    {Syntax::kDevSpace6, "$(git describe)", "$(git describe)", "[]", 1},
    {Syntax::kDevSpace6, "$!(git describe)", "$!(git describe)", "[]", 1},
    {Syntax::kDevSpace6, "in the $(middle)", "in the $(middle)"},
    {Syntax::kCompose, "$A/${B}", "${A}/${B}",
     R"([{"name":"A","default":"dev"},{"name":"B","default":"dev"}])", 2},
    {Syntax::kCompose, "${A:-b c}${A-other}", "${A}${A}",
     R"([{"name":"A","default":"b c"}])", 1},
    {Syntax::kCompose, "${A:-b}${A-b}", "${A}${A}",
     R"([{"name":"A","default":"b"}])"},
    // An empty default counts as none: a placeholder.
    {Syntax::kCompose, "${A-}", "${A}", R"([{"name":"A","default":"dev"}])", 1},
    {Syntax::kCompose, "${A:-x${B:-${C-deep}}$$}", "${A}",
     R"([{"name":"A","default":"xdeep$"}])", 1},
    {Syntax::kCompose, "${A:-$$${B:-{c}}", "${A}",
     R"([{"name":"A","default":"dev"}])", 1},
    {Syntax::kCompose, "$$5 $${A} $1 $", "$5 $${A} $1 $"},
    {Syntax::kCompose, "${A:?is missing}", "${A}",
     R"([{"name":"A","default":"dev"}])", 1},
    {Syntax::kCompose, "${A:+b}", "${A}", R"([{"name":"A","default":"dev"}])",
     2},
    {Syntax::kCompose, "${A:-${B}}!", "${A}!",
     R"([{"name":"A","default":"dev"}])", 1},
    {Syntax::kCompose, "${A", "${A"},
    {Syntax::kTemplates, "{{.A}}-{{ .B_1 }}", "${A}-${B_1}",
     R"([{"name":"A","default":"dev"},{"name":"B_1","default":"dev"}])", 2},
    {Syntax::kTemplates, "{{cmd \"ls\"}}", "{{cmd \"ls\"}}", "[]", 1},
    {Syntax::kTemplates, "${A}", "$${A}"},
    {Syntax::kTemplates, "{{.A}}-${B}", "${A}-$${B}",
     R"([{"name":"A","default":"dev"}])", 1},
};

TEST(Variables, AreConverted) {
  for (const Case& each : kCases) {
    const SourceFile file("a.yaml", json::Quote(each.text));
    yaml::Arena arena;
    diag::Collector sink;
    const yaml::Node* node = yaml::Parse(file, arena, sink);
    ASSERT_NE(node, nullptr) << each.text;
    Variables variables(each.syntax, sink);
    if (each.text == "${KNOWN}") variables.Declare("KNOWN", "x");
    EXPECT_EQ(variables.Convert(*node), each.becomes) << each.text;
    if (each.text == "${KNOWN}") continue;
    EXPECT_EQ(json::Write(variables.Take()), each.vars) << each.text;
    EXPECT_EQ(sink.diagnostics().size(), each.messages) << each.text;
  }
}

// Compose and DevSpace 6 read YAML 1.2, Skaffold reads strings as written.
TEST(Variables, PlainScalarsThatOtherReadersTakeForBooleansOrNumbers) {
  const struct {
    const char* text;
    const char* in_5;
    const char* in_6;  // and in Compose
  } kScalars[] = {
      {"on", "true", "on"},
      {"y", "true", "y"},
      {"No", "false", "No"},
      {"OFF", "false", "OFF"},
      {"true", "true", "true"},
      {"FALSE", "false", "false"},
      {"0777", "511", "511"},
      {"0x10", "16", "16"},
      {"1_000", "1000", "1000"},
      {"1e3", "1000", "1000"},
      {"1.50", "1.5", "1.5"},
      {"12:30:45", "12:30:45", "12:30:45"},
      {"\"on\"", "on", "on"},
      {"2020-01-01", "2020-01-01", "2020-01-01"},
      {"on the way", "on the way", "on the way"},
  };
  for (const auto& [text, in_5, in_6] : kScalars) {
    const SourceFile file("a.yaml", text);
    yaml::Arena arena;
    diag::Collector sink;
    const yaml::Node* node = yaml::Parse(file, arena, sink);
    ASSERT_NE(node, nullptr) << text;
    EXPECT_EQ(Variables(Syntax::kDevSpace5, sink).Convert(*node), in_5) << text;
    EXPECT_EQ(Variables(Syntax::kDevSpace6, sink).Convert(*node), in_6) << text;
    EXPECT_EQ(Variables(Syntax::kCompose, sink).Convert(*node), in_6) << text;
    EXPECT_EQ(Variables(Syntax::kTemplates, sink).Convert(*node),
              node->scalar());
  }
}

// The result of `bake --print` declares no variables and has no expressions.
TEST(Variables, ExpressionsAreReportedIfTheFileHasVariables) {
  const SourceFile file("a.yaml", json::Quote("${upper(A)}-$${upper(A)}-${A}"));
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* node = yaml::Parse(file, arena, sink);
  Variables printed(Syntax::kNone, sink);
  printed.Convert(*node);
  EXPECT_TRUE(sink.diagnostics().empty());
  Variables variables(Syntax::kNone, sink);
  variables.Declare("A", "a");
  EXPECT_EQ(variables.Convert(*node), "$${upper(A)}-$$${upper(A)}-${A}");
  ASSERT_EQ(sink.diagnostics().size(), 1u);
  EXPECT_EQ(sink.diagnostics()[0].message,
            "check the result: the expression `${upper(A)}` is kept as text");
}

// As Skaffold reads the values of build arguments.
TEST(Variables, TemplatesKeepNumbersAsWritten) {
  for (const char* text : {"1.10", "010", "yes"}) {
    const SourceFile file("a.yaml", text);
    yaml::Arena arena;
    diag::Collector sink;
    const yaml::Node* node = yaml::Parse(file, arena, sink);
    EXPECT_EQ(Variables(Syntax::kTemplates, sink).Convert(*node), text);
  }
}

TEST(Variables, KnownValuesAreDefaultsIfTheyAreUsed) {
  const SourceFile file("a.yaml", "${A}");
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* node = yaml::Parse(file, arena, sink);
  Variables variables(Syntax::kDevSpace6, sink);
  variables.Know("A", "a");
  variables.Know("B", "b");
  variables.Convert(*node);
  EXPECT_EQ(json::Write(variables.Take()), R"([{"name":"A","default":"a"}])");
  EXPECT_TRUE(sink.diagnostics().empty());
}

}  // namespace
}  // namespace ovenbird::migrate
