#include "runtime/dockerfile/shell_words.h"

#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::dockerfile {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::optional<std::string> Value(absl::string_view name) {
  if (name == "A") return "a";
  if (name == "EMPTY") return "";
  if (name == "PATH") return "/usr/local/bin";
  if (name == "WORDS") return "two words";
  if (name == "1") return "one";
  return std::nullopt;
}

struct Case {
  const char* text;
  const char* expanded;
};

TEST(ShellWordsTest, Expansion) {
  for (const Case& c : {
           Case{"", ""},
           {"plain", "plain"},
           {"$A", "a"},
           {"x$A.y", "xa.y"},
           {"$AB", ""},
           {"${A}B", "aB"},
           {"$A$A", "aa"},
           {"$", "$"},
           {"$ A", "$ A"},
           {"$1x", "onex"},
           {"$12", ""},
           {"$?x", "x"},
           {"\\$A", "$A"},
           {"\\\\$A", "\\a"},
           {"a\\", "a"},
           {"'$A'", "$A"},
           {"\"$A\"", "a"},
           {"\"'$A'\"", "'a'"},
           {"\"\\$A \\\" \\x\"", "$A \" \\x"},
           {"'a'\"b\"c", "abc"},
           {"${A:-x}", "a"},
           {"${NONE:-x}", "x"},
           {"${EMPTY:-x}", "x"},
           {"${EMPTY-x}", ""},
           {"${NONE-x}", "x"},
           {"${A:+x}", "x"},
           {"${EMPTY:+x}", ""},
           {"${EMPTY+x}", "x"},
           {"${NONE+x}", ""},
           {"${A:?x}", "a"},
           {"${EMPTY?x}", ""},
           {"${NONE:-${A}$A}", "aa"},
           {"${NONE:-'}'}", "}"},
           {"${NONE:-\\}}", "}"},
           {"${PATH#*/}", "usr/local/bin"},
           {"${PATH##*/}", "bin"},
           {"${PATH%/*}", "/usr/local"},
           {"${PATH%%/*}", ""},
           {"${PATH%bin}", "/usr/local/"},
           {"${PATH%none}", "/usr/local/bin"},
           {"${PATH#?sr}", "/usr/local/bin"},
           {"${PATH#/?s}", "r/local/bin"},
           {"${PATH/\\//:}", ":usr/local/bin"},
           {"${PATH//\\//:}", ":usr:local:bin"},
           {"${PATH/l*l/\\x}", "/usr/\\x/bin"},
           {"${PATH//x/y}", "/usr/local/bin"},
           {"${PATH#'/*'}", "usr/local/bin"},
           {"${PATH#\"\\x\"}", "/usr/local/bin"},
           {"<<EOF", "<<EOF"},
           {"a < b", "a < b"},
       }) {
    auto result = ExpandShell(c.text, Value);
    ASSERT_THAT(result, IsOk()) << c.text;
    EXPECT_EQ(result->text, c.expanded) << c.text;
  }
}

TEST(ShellWordsTest, Words) {
  EXPECT_THAT(ExpandShell("a  $WORDS \"$WORDS\" b\\ c", Value)->words,
              ElementsAre("a", "two", "words", "two words", "b c"));
  EXPECT_THAT(ExpandShell("a b${NONE:-c}d${A}", Value)->words,
              ElementsAre("a", "cda"));
  EXPECT_THAT(ExpandShell("cat << EOF > x", Value)->words,
              ElementsAre("cat", "<< EOF", ">", "x"));
}

// A kilobyte of variables must not take gigabytes of memory.
TEST(ShellWordsTest, NoExpansionIsLongerThanAMebibyte) {
  const std::string value(kMaxExpansion / 2, 'a');
  const Lookup lookup = [&](absl::string_view) { return value; };
  EXPECT_THAT(ExpandShell("$A$A", lookup), IsOk());
  for (const char* text :
       {"$A$A$A", "\"$A$A$A\"", "${A:+$A$A$A}", "${A//a/$A}"}) {
    EXPECT_THAT(ExpandShell(text, lookup),
                StatusIs(absl::StatusCode::kOutOfRange))
        << text;
  }
}

TEST(ShellWordsTest, Options) {
  ShellOptions plain;
  plain.plain_quotes = true;
  EXPECT_EQ(ExpandShell("it's \"$A\"", Value, plain)->text, "it's \"a\"");
  ShellOptions raw;
  raw.raw_quotes = raw.raw_escapes = raw.keep_unset = true;
  EXPECT_EQ(ExpandShell("'a' \"$NONE\" \\x ${NO:-y} ${A}", Value, raw)->text,
            "'a' \"$NONE\" \\x ${NO:-y} a");
  ShellOptions backtick;
  backtick.escape = '`';
  EXPECT_EQ(ExpandShell("c:\\x `$A", Value, backtick)->text, "c:\\x $A");
}

TEST(ShellWordsTest, Refused) {
  for (const Case& c : {
           Case{"'a", "closing `'`"},
           {"\"a", "closing `\"`"},
           {"${", "missing `}`"},
           {"${A", "missing `}`"},
           {"${A:-x", "missing `}`"},
           {"${}", "no name"},
           {"${:-x}", "no name"},
           {"${A:x}", "not followed by"},
           {"${A!}", "not a known modifier"},
           {"${A/x}", "missing `/`"},
           {"${A#\\x}", "`\\x` is not a known escape"},
           {"${NONE%\\x}", "`\\x` is not a known escape"},
           {"${NONE/\\x/y}", "`\\x` is not a known escape"},
       }) {
    EXPECT_THAT(
        ExpandShell(c.text, Value),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.expanded)))
        << c.text;
  }
  for (const Case& c : {
           Case{"${NONE:?}", "`NONE` has no value"},
           {"${NONE?}", "`NONE` has no value"},
           {"${EMPTY:?give it}", "`EMPTY` has no value: give it"},
       }) {
    EXPECT_THAT(
        ExpandShell(c.text, Value),
        StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(c.expanded)))
        << c.text;
  }
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "${N:-";
  EXPECT_THAT(ExpandShell(deep, Value),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deep")));
}

}  // namespace
}  // namespace ovenbird::dockerfile
