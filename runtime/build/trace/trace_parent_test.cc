#include "runtime/build/trace/trace_parent.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

const char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
const char kSpan[] = "b7ad6b7169203331";

std::string Of(const std::string& version, const std::string& flags) {
  return version + "-" + kTrace + "-" + kSpan + "-" + flags;
}

TEST(TraceParentTest, NamesTheSpan) {
  const auto parent = ParseTraceParent(Of("00", "01"));
  ASSERT_TRUE(parent);
  EXPECT_EQ(parent->trace_id, kTrace);
  EXPECT_EQ(parent->span_id, kSpan);
  EXPECT_TRUE(parent->is_sampled);
  EXPECT_FALSE(ParseTraceParent(Of("00", "00"))->is_sampled);
  EXPECT_FALSE(ParseTraceParent(Of("00", "fe"))->is_sampled);
  EXPECT_TRUE(ParseTraceParent(Of("00", "0b"))->is_sampled);
  EXPECT_TRUE(ParseTraceParent(Of("cc", "01-what-will-come")));
}

TEST(TraceParentTest, AMalformedOneIsIgnored) {
  for (const std::string& text :
       {std::string(), std::string("00"), Of("ff", "01"), Of("00", "1"),
        Of("00", "01-more"), Of("0", "01"), Of("00", "0g"),
        "00-" + std::string(32, '0') + "-" + kSpan + "-01",
        std::string("00-") + kTrace + "-" + std::string(16, '0') + "-01",
        "00-" + std::string(32, 'A') + "-" + kSpan + "-01"}) {
    EXPECT_EQ(ParseTraceParent(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ovenbird::build
