#include "runtime/yaml/text_check.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace ovenbird::yaml {
namespace {

TEST(FindBadText, GoodTexts) {
  for (const std::string& text :
       {std::string(), std::string("plain ascii text, longer than a word\n"),
        std::string("tab\tcr\r\nlf\n12345678\t\r\n"),
        std::string("caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80"),
        std::string("inner mark \xEF\xBB\xBF is a character"),
        std::string("delete \x7F")}) {
    EXPECT_EQ(FindBadText(text), std::nullopt) << text;
  }
}

// The bad byte at each place of a text, so that each path of the search sees
// it.
TEST(FindBadText, EveryPlace) {
  const std::string good = "0123456789abcdefghij\n\t\xC3\xA9 z";
  for (size_t at = 0; at <= good.size(); ++at) {
    if (at < good.size() && (good[at] & 0xC0) == 0x80) continue;
    for (const char bad : {'\x00', '\x04', '\x1F', '\r', '\xFF', '\x80'}) {
      if (bad == '\r' && at < good.size() && good[at] == '\n') continue;
      std::string text = good;
      text.insert(at, 1, bad);
      const std::optional<BadText> found = FindBadText(text);
      ASSERT_TRUE(found.has_value()) << at;
      EXPECT_EQ(found->offset, at);
      EXPECT_EQ(found->size, 1u);
      EXPECT_EQ(found->control_character, (bad & 0x80) == 0);
    }
  }
}

}  // namespace
}  // namespace ovenbird::yaml
