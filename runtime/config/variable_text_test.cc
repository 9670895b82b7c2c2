#include "runtime/config/variable_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

struct Case {
  std::string text;
  // Each token as it stands, with "=NAME" or "=" for an escaped one.
  std::string tokens;
  size_t unclosed;
};

TEST(FindVariables, Table) {
  constexpr size_t kNone = absl::string_view::npos;
  const std::vector<Case> cases = {
      {"", "", kNone},
      {"no variables, $HOME, {a}", "", kNone},
      {"${A}", "${A}=A", kNone},
      {"x${A}y${B}", "${A}=A ${B}=B", kNone},
      {"${A}${B}", "${A}=A ${B}=B", kNone},
      {"$${A}", "$${A}=", kNone},
      {"$$${A}", "$$${A}=", kNone},
      {"${A}$${B}", "${A}=A $${B}=", kNone},
      {"$ ${A}", "${A}=A", kNone},
      {"${a b-c.d}", "${a b-c.d}=a b-c.d", kNone},
      {"${}", "", kNone},
      {"${", "", 0},
      {"${A} ${B", "${A}=A", 5},
      {"$${A", "", 1},
      {"${A${B}", "${A${B}=A${B", kNone},
  };
  for (const Case& c : cases) {
    const VariableTokens found = FindVariables(c.text);
    const std::string tokens = absl::StrJoin(
        found.tokens, " ", [&c](std::string* out, const VariableToken& token) {
          absl::StrAppend(out,
                          c.text.substr(token.begin, token.end - token.begin),
                          "=", token.escaped ? "" : token.name);
        });
    EXPECT_EQ(tokens, c.tokens) << c.text;
    EXPECT_EQ(found.unclosed, c.unclosed) << c.text;
  }
}

struct SpanCase {
  const char* name;
  std::string text;  // the value of `a` has ${X} in it
  std::string covered;
};

TEST(SpanInScalar, Table) {
  const std::vector<SpanCase> cases = {
      {"plain", "a: x${X}y\n", "${X}"},
      {"quoted", "a: \"x${X}y\"\n", "${X}"},
      {"escapes elsewhere", "a: \"\\x41 ${X}\"\n", "${X}"},
      {"folded", "a: x\n  ${X}\n", "${X}"},
      {"block", "a: |\n  x\n  ${X}\n", "${X}"},
      {"twice in a folded text: the whole", "a: ${X}\n  ${X}\n",
       "${X}\n  ${X}"},
      {"alias", "b: &b ${X}\na: *b\n", "*b"},
  };
  for (const SpanCase& c : cases) {
    const SourceFile file("f.yaml", c.text);
    yaml::Arena arena;
    diag::Collector problems;
    const yaml::Node* node = yaml::Parse(file, arena, problems)->Find("a");
    const size_t begin = node->scalar().find("${X}");
    const Span span = SpanInScalar(*node, begin, begin + 4);
    EXPECT_EQ(c.text.substr(span.begin, span.end - span.begin), c.covered)
        << c.name;
  }
}

}  // namespace
}  // namespace ovenbird::config
