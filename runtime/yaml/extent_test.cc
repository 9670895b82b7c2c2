#include "runtime/yaml/extent.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ovenbird::yaml {
namespace {

TEST(ExtentTest, SkipsBlankAndProperties) {
  struct Case {
    const char* text;
    size_t blank;
    size_t end;    // of the properties
    size_t value;  // where the value begins
  };
  for (const Case& c : {
           Case{"a", 0, 0, 0},
           // Without an anchor or a tag nothing is skipped.
           {"  \t\n a", 5, 0, 0},
           {"# x\n# y\na", 8, 0, 0},
           {"&b a", 0, 2, 3},
           {"!t &b  a", 0, 5, 7},
           {"&b\n# x\n  a", 0, 2, 9},
           {"", 0, 0, 0},
           {"   ", 3, 0, 0},
           {"&b", 0, 2, 2},
       }) {
    EXPECT_EQ(SkipBlank(c.text, 0), c.blank) << c.text;
    EXPECT_EQ(SkipProperties(c.text, 0).end, c.end) << c.text;
    EXPECT_EQ(SkipProperties(c.text, 0).value, c.value) << c.text;
  }
}

TEST(ExtentTest, Scalars) {
  struct Case {
    absl::string_view text;
    absl::string_view value;
    size_t end;
    Style style;
    bool closed;
  };
  for (const Case& c : {
           Case{"abc: d", "abc", 3, Style::kPlain, true},
           {"a b # x", "a b", 3, Style::kPlain, true},
           {"'it''s': 1", "it's", 7, Style::kQuoted, true},
           {"\"a\\\"b\" c", "a\"b", 6, Style::kQuoted, true},
           {"'abc", "abc", 4, Style::kQuoted, false},
           {"\"abc\\", "abc", 5, Style::kQuoted, false},
       }) {
    const ScalarExtent extent = FindScalarExtent(c.text, 0, c.value, -1);
    EXPECT_EQ(extent.end, c.end) << c.text;
    EXPECT_EQ(extent.style, c.style) << c.text;
    EXPECT_EQ(extent.closed, c.closed) << c.text;
  }
}

TEST(ExtentTest, BlockScalarsEndBeforeALineThatIsLessIndented) {
  const absl::string_view text = "a: |\n  b\n  c\nd: e\n";
  const ScalarExtent extent = FindScalarExtent(text, 3, "b\nc\n", 0);
  EXPECT_EQ(extent.style, Style::kBlock);
  EXPECT_GE(extent.end, text.find('c') + 1);
  EXPECT_LE(extent.end, text.find('d'));
}

TEST(ExtentTest, FlowsAndAliases) {
  EXPECT_EQ(AliasEnd("*a, b", 0), 2u);
  EXPECT_EQ(AliasEnd("*a-b", 0), 4u);
  EXPECT_EQ(AliasEnd("*a]", 0), 2u);
  EXPECT_EQ(FlowEnd("[a]", 2, ']'), 3u);
  EXPECT_EQ(FlowEnd("[a , # x\n ] b", 2, ']'), 11u);
  EXPECT_EQ(FlowEnd("[a b", 2, ']'), 2u);
  EXPECT_EQ(FlowEnd("[a  ", 2, ']'), 4u);
}

TEST(ExtentTest, Columns) {
  EXPECT_EQ(ColumnOf("ab\ncd", 0), 0u);
  EXPECT_EQ(ColumnOf("ab\ncd", 2), 2u);
  EXPECT_EQ(ColumnOf("ab\ncd", 3), 0u);
  EXPECT_EQ(ColumnOf("ab\ncd", 4), 1u);
}

}  // namespace
}  // namespace ovenbird::yaml
