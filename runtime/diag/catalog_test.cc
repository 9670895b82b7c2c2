#include "runtime/diag/catalog.h"

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::diag {
namespace {

TEST(CatalogTest, FunctionsFillTheTexts) {
  const SourceFile file("devspace.yaml", "a: b\n");
  const Span span = {&file, 0, 1};
  const Diagnostic made =
      UnknownField(span, "snapshotmode", "`images.a.build.kaniko`",
                   "did you mean `snapshotMode`?", "`cache`, `image`");
  EXPECT_STREQ(made.rule->id, "unknown-field");
  EXPECT_EQ(made.severity, Severity::kError);
  EXPECT_EQ(made.message,
            "unknown field `snapshotmode` in `images.a.build.kaniko`");
  EXPECT_EQ(made.label, "did you mean `snapshotMode`?");
  EXPECT_EQ(made.help, "use one of these fields: `cache`, `image`");
  EXPECT_EQ(made.span, span);
}

TEST(CatalogTest, RulesAreFoundById) {
  ASSERT_FALSE(Rules().empty());
  for (const Rule& rule : Rules()) EXPECT_EQ(FindRule(rule.id), &rule);
  EXPECT_EQ(FindRule("no-such-rule"), nullptr);
}

}  // namespace
}  // namespace ovenbird::diag
