#include "runtime/config/quantity.h"

#include "gtest/gtest.h"

namespace ovenbird::config {
namespace {

TEST(QuantityTest, Values) {
  struct Case {
    const char* text;
    double value;
  };
  for (const Case& c :
       {Case{"0", 0}, Case{"1", 1}, Case{"0.5", 0.5}, Case{"500m", 0.5},
        Case{"1k", 1000}, Case{"1Ki", 1024}, Case{"2Mi", 2097152},
        Case{"1G", 1e9}, Case{"1Gi", 1073741824}, Case{"1e3", 1000},
        Case{"1E", 1e18}, Case{"1Ei", 0x1p60}, Case{"-1", -1},
        Case{"100n", 1e-7}, Case{"3u", 3e-6}, Case{"1T", 1e12},
        Case{"1P", 1e15}}) {
    ASSERT_TRUE(QuantityValue(c.text)) << c.text;
    EXPECT_DOUBLE_EQ(*QuantityValue(c.text), c.value) << c.text;
  }
}

TEST(QuantityTest, Others) {
  for (const char* text :
       {"", "m", "Gi", "1K", "1KB", "one", "1GiGi", "inf", "nan"}) {
    EXPECT_FALSE(QuantityValue(text)) << text;
  }
}

}  // namespace
}  // namespace ovenbird::config
