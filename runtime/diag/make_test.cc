#include "runtime/diag/make.h"

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"

namespace ovenbird::diag {
namespace {

TEST(MakeTest, ExpandsArgumentsAndBraces) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case kCases[] = {
      {"", ""},
      {"no arguments", "no arguments"},
      {"`{field}` in {parent}", "`cache` in the top level"},
      {"{field}{field}", "cachecache"},
      {"write `$${{{field}}}`", "write `$${cache}`"},
      {"{{field}}", "{field}"},
      {"{unknown}", "{unknown}"},
      {"open {field", "open {field"},
      {"close } alone", "close } alone"},
  };
  const Argument kArgs[] = {{"field", "cache"}, {"parent", "the top level"}};
  for (const Case& c : kCases) {
    EXPECT_EQ(Expand(c.text, kArgs), c.want) << c.text;
  }
}

TEST(MakeTest, ArgumentsAreNotExpandedAgain) {
  const Argument kArgs[] = {{"a", "{b}"}, {"b", "x"}};
  EXPECT_EQ(Expand("{a}", kArgs), "{b}");
}

TEST(MakeTest, FillsTheDiagnostic) {
  static constexpr Rule kRule = {"some-id", Severity::kWarning, "text {x}",
                                 "help {x}", "docs"};
  const SourceFile file("f.yaml", "abc");
  const Diagnostic made = Make(kRule, {&file, 1, 2}, "label {x}", {{"x", "1"}});
  EXPECT_EQ(made.rule, &kRule);
  EXPECT_EQ(made.severity, Severity::kWarning);
  EXPECT_EQ(made.message, "text 1");
  EXPECT_EQ(made.label, "label 1");
  EXPECT_EQ(made.help, "help 1");
  EXPECT_EQ(made.span.begin, 1u);
  ASSERT_EQ(made.args.size(), 1u);
  EXPECT_EQ(made.args[0].first, "x");
  EXPECT_EQ(made.args[0].second, "1");
}

}  // namespace
}  // namespace ovenbird::diag
