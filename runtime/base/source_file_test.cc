#include "runtime/base/source_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ovenbird {
namespace {

struct PositionCase {
  const char* name;
  std::string text;
  size_t offset;
  int line;
  int column;
};

TEST(SourceFile, PositionAt) {
  const std::vector<PositionCase> cases = {
      {"empty", "", 0, 1, 1},
      {"behind the end of nothing", "", 9, 1, 1},
      {"start", "ab\ncd\n", 0, 1, 1},
      {"line end belongs to its line", "ab\ncd\n", 2, 1, 3},
      {"second line", "ab\ncd\n", 3, 2, 1},
      {"behind the last line end", "ab\ncd\n", 6, 3, 1},
      {"behind the end", "ab\ncd", 99, 2, 3},
      {"code points, not bytes", "\xC3\xA9: 1", 4, 1, 4},
      {"inside a character", "a\xC3\xA9z", 2, 1, 2},
      {"a wide character is one column", "\xE6\x97\xA5x", 3, 1, 2},
      {"carriage return is a character", "ab\r\ncd", 3, 1, 4},
      {"byte order mark is not counted",
       "\xEF\xBB\xBF"
       "ab",
       1, 1, 2},
  };
  for (const PositionCase& c : cases) {
    SourceFile file("f", c.text);
    const Position at = file.PositionAt(c.offset);
    EXPECT_EQ(at.line, c.line) << c.name;
    EXPECT_EQ(at.column, c.column) << c.name;
  }
}

struct LinesCase {
  std::string text;
  std::vector<std::string> lines;
};

TEST(SourceFile, Lines) {
  const std::vector<LinesCase> cases = {
      {"", {""}},
      {"a", {"a"}},
      {"a\n", {"a", ""}},
      {"a\r\nb\r\n", {"a", "b", ""}},
      {"\n\n", {"", "", ""}},
      {"\xEF\xBB\xBF"
       "a\nb",
       {"a", "b"}},
  };
  for (const LinesCase& c : cases) {
    SourceFile file("f", c.text);
    ASSERT_EQ(file.line_count(), static_cast<int>(c.lines.size())) << c.text;
    for (size_t i = 0; i < c.lines.size(); ++i) {
      EXPECT_EQ(std::string(file.Line(static_cast<int>(i) + 1)), c.lines[i]);
    }
    EXPECT_TRUE(file.Line(0).empty());
    EXPECT_TRUE(file.Line(file.line_count() + 1).empty());
    EXPECT_EQ(file.LineStart(0), 0u);
    EXPECT_EQ(file.LineStart(file.line_count() + 1), file.text().size());
  }
}

TEST(SourceFile, RemembersTheByteOrderMark) {
  EXPECT_TRUE(SourceFile("f", "\xEF\xBB\xBF").had_byte_order_mark());
  EXPECT_FALSE(SourceFile("f", "\xEF\xBB").had_byte_order_mark());
}

}  // namespace
}  // namespace ovenbird
