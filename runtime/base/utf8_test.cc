#include "runtime/base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ovenbird {
namespace {

struct Case {
  const char* name;
  std::string text;
  uint32_t code_point;
  size_t size;
};

TEST(DecodeUtf8, Characters) {
  const std::vector<Case> cases = {
      {"ascii", "ab", 'a', 1},
      {"two bytes", "\xC3\xA9z", 0xE9, 2},
      {"three bytes", "\xE6\x97\xA5", 0x65E5, 3},
      {"four bytes", "\xF0\x9F\x98\x80", 0x1F600, 4},
      {"last one", "\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
      {"NUL", std::string(1, '\0'), 0, 1},
  };
  for (const Case& c : cases) {
    const Utf8Char got = DecodeUtf8(c.text);
    EXPECT_TRUE(got.valid) << c.name;
    EXPECT_EQ(got.code_point, c.code_point) << c.name;
    EXPECT_EQ(got.size, c.size) << c.name;
  }
}

TEST(DecodeUtf8, BadBytesAreTakenOneByOne) {
  for (const char* text :
       {"\x80", "\xBF z", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE6\x97",
        "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF"}) {
    const Utf8Char got = DecodeUtf8(text);
    EXPECT_FALSE(got.valid) << text;
    EXPECT_EQ(got.code_point, 0xFFFDu) << text;
    EXPECT_EQ(got.size, 1u) << text;
  }
}

}  // namespace
}  // namespace ovenbird
