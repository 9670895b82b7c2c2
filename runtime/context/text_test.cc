#include "runtime/context/text.h"

#include "gtest/gtest.h"

namespace ovenbird::context {
namespace {

TEST(TextTest, BytesOutsideOfSequencesAreReplacedOneByOne) {
  struct Case {
    const char* text;
    const char* utf8;
  };
  for (const Case& c : {
           Case{"", ""},
           {"abc", "abc"},
           {"\xC3\xA9\xE2\x82\xAC", "\xC3\xA9\xE2\x82\xAC"},
           {"\xFF", "\xEF\xBF\xBD"},
           {"a\xC3", "a\xEF\xBF\xBD"},
           {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
           {"\xE2\xC3\xA9", "\xEF\xBF\xBD\xC3\xA9"},
       }) {
    EXPECT_EQ(ToUtf8(c.text), c.utf8);
    EXPECT_EQ(IsUtf8(c.text), absl::string_view(c.text) == c.utf8);
  }
}

TEST(TextTest, TrimSpace) {
  EXPECT_EQ(TrimSpace(" \t a b\r\n"), "a b");
  EXPECT_EQ(TrimSpace("\xC2\xA0x\xE3\x80\x80"), "x");
  EXPECT_EQ(TrimSpace(" \xC2\x85 "), "");
  EXPECT_EQ(TrimSpace("\xA0x\x85"), "\xA0x\x85");
  EXPECT_EQ(TrimSpace("\xC3\xA0"), "\xC3\xA0");
}

}  // namespace
}  // namespace ovenbird::context
