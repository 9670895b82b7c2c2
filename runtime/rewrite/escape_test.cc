#include "runtime/rewrite/escape.h"

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

TEST(EscapeTest, Quotes) {
  const struct {
    const char* text;
    const char* quoted;
  } kCases[] = {
      {R"(C:\dir\x)", R"('C:\dir\x')"},
      {R"("a`"b")", R"('a"b')"},
      {R"("a`b\")", R"('a`b\')"},
      {R"(a`b``c)", R"('ab`c')"},
      {R"('a`b')", R"('a`b')"},
      {R"(it`'s)", R"('it'"'"'s')"},
      {R"(`$A\)", R"('$A\')"},
      {R"($A\b)", R"("$A"'\b')"},
      {R"("$A;${B:-x}\y")", R"("$A"';'"${B:-x}"'\y')"},
      {R"('$A'\)", R"('$A\')"},
      {R"(a`)", R"('a`')"},
      {R"(\t\b/)", R"('\t\b'/)"},
      {R"("\t b/")", R"('\t b'/)"},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(QuoteBackticks(one.text).value_or("none"), one.quoted)
        << one.text;
  }
  EXPECT_FALSE(QuoteBackticks(R"(${A:-\})").has_value());
}

}  // namespace
}  // namespace ovenbird::rewrite
