#include "runtime/report/visible.h"

#include <gtest/gtest.h>

#include <string>
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

}  // namespace
}  // namespace ovenbird::report
