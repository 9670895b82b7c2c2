#include "runtime/rewrite/modifiers.h"

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

TEST(ModifiersTest, FindsThoseThatOldExecutorsRefuse) {
  for (const char* text :
       {"${a-b}", "${a+b}", "${a?b}", "${a:?b}", "${a#b}", "x${a##*/}y",
        "\"${a%b}\"", "${a/b/c}", "${#a}", "${a[0]}", "\"it's ${a%b}\""}) {
    EXPECT_TRUE(HasNewModifier(text, '\\')) << text;
  }
  for (const char* text : {"", "$a", "${a}", "${a:-b}", "${a:+b}", "'${a%b}'",
                           "\\${a%b}", "$(b)", "$", "${", "'", "`${a%b}"}) {
    EXPECT_FALSE(HasNewModifier(text, *text == '`' ? '`' : '\\')) << text;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
