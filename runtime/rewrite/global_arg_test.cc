#include "runtime/rewrite/global_arg.h"

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

std::optional<std::string> Find(absl::string_view name) {
  return name == "V" ? std::optional<std::string>("value") : std::nullopt;
}

// What kaniko v1.24.0 makes of the default of an ARG.
TEST(GlobalArgTest, ReadsAsTheExecutor) {
  struct Case {
    const char* written;
    const char* read;  // null: fails
  } cases[] = {
      {"plain", "plain"},
      {"\"a b\"", "a b"},
      {"'a$b'", "a"},
      {"\"'q'\"", "q"},
      {"\"1.36\"-musl", nullptr},
      {"\"\"''", nullptr},
      {"C:\\data", "C:data"},
      {"$V-x", "value-x"},
      {"\\\"a\\\"", "\"a\""},
      {"\\\"a\"", nullptr},
      {"\"", nullptr},
  };
  const GlobalArgReader reader = {'\\', true, Find};
  for (const Case& one : cases) {
    const auto read = reader.Read(one.written);
    EXPECT_EQ(read.value_or("(fails)"),
              one.read == nullptr ? "(fails)" : one.read)
        << one.written;
  }
}

TEST(GlobalArgTest, WritesAnyValue) {
  for (const char* value :
       {"", "plain", "a b", " a ", "a$b", "'q'", "\"q\"", "it's", "C:\\data",
        "C:\\", "a\"b c'd $V\\", "\"a b\"", "${V:-x}", "`x`", "\\\"", "\"", "'",
        "\\"}) {
    for (const char escape : {'\\', '`'}) {
      const GlobalArgReader reader = {escape, true, Find};
      const auto written = reader.Write(value);
      ASSERT_TRUE(written.has_value()) << value;
      EXPECT_EQ(reader.Read(*written), std::string(value)) << *written;
    }
  }
  EXPECT_EQ((GlobalArgReader{'\\', true, Find}.Write("a b$c")), "\"a b\\$c\"");
  EXPECT_EQ((GlobalArgReader{'`', true, Find}.Write("a\"b c")),
            "\"a\\\"b\" \"c\"");
  EXPECT_EQ((GlobalArgReader{'\\', true, Find}.Write("a\nb")), std::nullopt);
}

// Old executors take the quotes off, and that is all.
TEST(GlobalArgTest, WritesForOldExecutors) {
  const GlobalArgReader reader = {'\\', false, Find};
  EXPECT_EQ(reader.Read("'a$V'"), "a$V");
  EXPECT_EQ(reader.Write("a$b"), "\"a$b\"");
  EXPECT_EQ(reader.Write("a \"b c\""), "'a \"b c\"'");
  EXPECT_EQ(reader.Write("a \" b ' c"), std::nullopt);
}

}  // namespace
}  // namespace ovenbird::rewrite
