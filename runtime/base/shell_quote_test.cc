#include "runtime/base/shell_quote.h"

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(ShellQuoteTest, MakesOneWord) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"", "''"},
      {"plain", "'plain'"},
      {"a b $x \"", "'a b $x \"'"},
      {"it's", "'it'\\''s'"},
      {"''", "''\\'''\\'''"},
  };
  for (const auto& c : cases) EXPECT_EQ(ShellQuote(c.text), c.want) << c.text;
}

}  // namespace
}  // namespace ovenbird
