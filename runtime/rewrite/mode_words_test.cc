#include "runtime/rewrite/mode_words.h"

#include <optional>

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* words;
  uint16_t mode;
  bool folder;
  std::optional<uint16_t> result;
};

TEST(ModeWordsTest, Apply) {
  for (const Case& item : {
           Case{"u=rwX,go=rX", 0600, false, 0644},
           {"u=rwX,go=rX", 0700, true, 0755},
           {"u=rwX,go=rX", 0711, false, 0755},
           {"a+x", 0644, false, 0755},
           {"+x", 0644, false, 0755},
           {"go-rwx", 0755, true, 0700},
           {"u+s,g-w", 0775, false, 04755},
           {"+t", 0777, true, 01777},
           {"g=u", 0640, false, 0660},
           {"u=rw,g=r,o=", 0777, false, 0640},
           {"a-x+r", 0711, false, 0644},
           {"u", 0644, false, std::nullopt},
           {"u=q", 0644, false, std::nullopt},
           {"", 0644, false, std::nullopt},
           {"rwx", 0644, false, std::nullopt},
       }) {
    EXPECT_EQ(ApplyModeWords(item.words, item.mode, item.folder), item.result)
        << item.words;
  }
}

TEST(OctalModeTest, Digits) {
  EXPECT_EQ(OctalMode("0755"), 0755);
  EXPECT_EQ(OctalMode("4711"), 04711);
  for (const char* text : {"", "u+x", "0o755", "788", " 755"}) {
    EXPECT_EQ(OctalMode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
