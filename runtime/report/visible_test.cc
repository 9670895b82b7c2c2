#include "runtime/report/visible.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ovenbird::report {
namespace {

struct Case {
  std::string text;
  std::string visible;
  int width;
};

TEST(Visible, Table) {
  const std::vector<Case> cases = {
      {"", "", 0},
      {"plain", "plain", 5},
      {"a\tb", "a    b", 6},
      {"a\nb\r", "a\\nb\\r", 6},
      {"\x1B[0m", "\\x1B[0m", 7},
      {"\x7F", "\\x7F", 4},
      {"\xC2\x85", "\\u0085", 6},
      {"\xFF", "\\xFF", 4},
      {"\xE2\x80\xAE", "\\u202E", 6},
      {"\xEF\xBB\xBF", "\\uFEFF", 6},
      {"caf\xC3\xA9", "caf\xC3\xA9", 4},
      {"e\xCC\x81", "e\xCC\x81", 1},
      {"\xE6\x97\xA5", "\xE6\x97\xA5", 2},
      {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", 2},
      {std::string(1, '\0'), "\\x00", 4},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Visible(c.text), c.visible);
    EXPECT_EQ(VisibleWidth(c.text), c.width) << c.visible;
  }
}

TEST(Visible, LinesStayLines) {
  EXPECT_EQ(VisibleLines("a\x1B\n\tb\n"), "a\\x1B\n    b\n");
  EXPECT_EQ(VisibleLines(""), "");
}

TEST(Visible, OfEscapesOnlyColorsStay) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"a\tb", "a\tb"},
      {"\x1B[1;31mred\x1B[m \x1B[38:5:1m", "\x1B[1;31mred\x1B[m \x1B[38:5:1m"},
      {"\x1B[2J\x1B[1A", "\\x1B[2J\\x1B[1A"},
      {"\x1B]0;title\x07", "\\x1B]0;title\\x07"},
      {"\x1B[31", "\\x1B[31"},
      {"\x1B[?25m\x1B", "\\x1B[?25m\\x1B"},
      {"\x9B"
       "31m",
       "\\x9B31m"},
      {"\xC2\x9B"
       "2J",
       "\\u009B2J"},
      {"\xE2\x80\xAE", "\\u202E"},
      {"10 %\r20 %\r\r", "20 %"},
      {"\r", ""},
      {"a\nb\b", "a\\nb\\x08"},
  };
  for (const auto& [line, visible] : cases) {
    EXPECT_EQ(VisibleWithColors(line), visible);
  }
}

}  // namespace
}  // namespace ovenbird::report
