#include "runtime/config/scalar_values.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/arena.h"

namespace ovenbird::config {
namespace {

TEST(ScalarValuesTest, Types) {
  struct Case {
    const char* written;
    const char* read;  // as boolean, integer, number; "-": not one
    const char* text;
  };
  for (const Case& c : {
           Case{"true", "1 - -", "true"},
           {"off", "0 - -", "false"},
           {"12", "- 12 12.000000", "12"},
           {"0x10", "- 16 16.000000", "16"},
           {"1.50", "- - 1.500000", "1.5"},
           {"word", "- - -", "word"},
           {"99999999999999999999", "- - 100000000000000000000.000000",
            "1e+20"},
       }) {
    yaml::Arena arena;
    const yaml::Node& node = *arena.Scalar({}, c.written, yaml::Style::kPlain);
    bool boolean = false;
    int64_t integer = 0;
    double number = 0;
    std::string read = ReadBool(node, &boolean) ? std::to_string(boolean) : "-";
    read += " ";
    read += ReadInt(node, &integer) ? std::to_string(integer) : "-";
    read += " ";
    read += ReadDouble(node, &number) ? std::to_string(number) : "-";
    EXPECT_EQ(read, c.read) << c.written;
    EXPECT_EQ(ReadString(node), c.text) << c.written;
  }
}

TEST(ScalarValuesTest, OtherValuesLeaveTheResultUnchanged) {
  yaml::Arena arena;
  for (const yaml::Node* node : {arena.Scalar({}, "12", yaml::Style::kQuoted),
                                 arena.Scalar({}, "x", yaml::Style::kPlain),
                                 arena.Sequence({}, {}), arena.Null({})}) {
    bool boolean = true;
    int64_t integer = 7;
    double number = 0.5;
    EXPECT_FALSE(ReadBool(*node, &boolean));
    EXPECT_FALSE(ReadInt(*node, &integer));
    EXPECT_FALSE(ReadDouble(*node, &number));
    EXPECT_TRUE(boolean);
    EXPECT_EQ(integer, 7);
    EXPECT_EQ(number, 0.5);
  }
}

}  // namespace
}  // namespace ovenbird::config
