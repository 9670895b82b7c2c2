#include "runtime/config/list_text.h"

#include "gtest/gtest.h"

namespace ovenbird::config {
namespace {

TEST(ListTextTest, SplitsWhatWasWritten) {
  const struct {
    const char* field;
    const char* text;
    const char* list;
  } kCases[] = {
      {"tags", "v1", "[v1]"},
      {"tags", "v1, v2 v3", "[v1, v2, v3]"},
      {"tags", "1.50", "[\"1.50\"]"},
      {"tags", "", "[]"},
      {"platforms", "linux/amd64,linux/arm64", "[linux/amd64, linux/arm64]"},
      {"onChange", "my folder/a,b", "[\"my folder/a,b\"]"},
      {"values", "a b", "[a b]"},
      {"args", "--one", "[--one]"},
      {"args", "--a  --b=c", "[--a, --b=c]"},
      {"args", "--label 'a b' --x=\"y z\"", "[--label, a b, --x=y z]"},
      {"args", "-c ''", "[-c, \"\"]"},
      {"args", "a\\ b *.txt", "[a b, \"*.txt\"]"},
      // Of a quote that is not closed nothing is known.
      {"args", "it's", "[it's]"},
      {"entrypoint", "sh -c foo", "[sh, -c, foo]"},
      {"entrypoint", "sh -c 'a && b'", "[sh, -c, a && b]"},
      {"cmd", "a && b", "[sh, -c, a && b]"},
      {"cmd", "echo \"$HOME\"", "[sh, -c, echo \"$HOME\"]"},
      {"command", "make image: x", "[make, \"image:\", x]"},
      {"command", "run 5 true", "[run, \"5\", \"true\"]"},
  };
  for (const auto& [field, text, list] : kCases) {
    EXPECT_EQ(ListInOneLine(field, text), list) << field << ": " << text;
  }
}

}  // namespace
}  // namespace ovenbird::config
