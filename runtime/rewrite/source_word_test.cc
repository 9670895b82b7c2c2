#include "runtime/rewrite/source_word.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/context/door.h"

namespace ovenbird::rewrite {
namespace {

TEST(SourceWordTest, IsEscaped) {
  EXPECT_EQ(SourceWord("a/b").text, "a/b");
  EXPECT_EQ(SourceWord("$a\\'\"").text, "\\$a\\\\\\'\\\"");
}

TEST(SourceWordTest, LeadsThroughADoor) {
  EXPECT_EQ(DoorWord("", "/").text,
            absl::StrCat(context::ThroughDoorOf(""), "/"));
  EXPECT_EQ(DoorWord("a/b", "/").text,
            absl::StrCat(context::ThroughDoorOf("a/b"), "/a/b/"));
  EXPECT_EQ(DoorWord("a$b", "").text,
            absl::StrCat(context::ThroughDoorOf("a$b"), "/a\\$b"));
}

TEST(SourceWordTest, HasSlash) {
  for (const char* target : {"/", "a/", "\"a b/\"", "'a/'", ".", "a/."}) {
    EXPECT_TRUE(HasSlash(target)) << target;
  }
  for (const char* target : {"", "a", "/a", "a.", "..", "a/.b", "\"/a\""}) {
    EXPECT_FALSE(HasSlash(target)) << target;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
