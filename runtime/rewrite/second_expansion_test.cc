#include "runtime/rewrite/second_expansion.h"

#include <string>

#include "gtest/gtest.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

std::string Rewritten(
    const std::string& line, bool cache,
    const std::string& executor = "gcr.io/kaniko-project/executor:v1.24.0") {
  testing::Over over;
  over.cache = cache;
  over.executor = executor;
  const std::string text =
      testing::RewriteOver(over, "FROM scratch\nENV V='a\"b'\n" + line + "\n")
          .text;
  // Without the lines before it.
  return text.substr(text.find("\n", text.find("ENV")) + 1);
}

TEST(SecondExpansionTest, Labels) {
  const struct {
    const char* line;
    const char* sent;
  } kCases[] = {
      {R"(LABEL a=1 b="two words")", R"(LABEL a=1 b="two words")"},
      {R"(LABEL a='{"k": "v"}')", R"(LABEL a='{\"k\": \"v\"}')"},
      {R"(LABEL a=\$x)", R"(LABEL a='\$x')"},
      {R"(LABEL a="it's")", R"(LABEL a='it\'"'"'s')"},
      {R"(LABEL a="$V" b=1)", R"(LABEL a='a\"b' b=1)"},
      {R"(LABEL re='^\d$' none=)", R"(LABEL re='^\\d\$' none=)"},
      {R"(LABEL old style "quoted")", R"(LABEL old style "quoted")"},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(Rewritten(one.line, /*cache=*/true), std::string(one.sent) + "\n")
        << one.line;
    EXPECT_EQ(Rewritten(one.line, /*cache=*/false),
              std::string(one.line) + "\n");
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
