#include "runtime/report/mask.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ovenbird::report {
namespace {

TEST(MaskTest, Table) {
  const Mask mask({"s3cret", "s3cret-and-more", "abc", "", "line 1\nline 2\n"});
  const struct {
    const char* text;
    const char* masked;
  } kCases[] = {
      {"", ""},
      {"abc", "abc"},
      {"s3cret", "***"},
      {"a=s3cret b=s3crets3cret", "a=*** b=******"},
      {"s3cret-and-more", "***"},
      {"s3cret-and", "***-and"},
      {"S3CRET", "S3CRET"},
      {"x line 1\nline 2", "x ***\n***"},
  };
  for (const auto& c : kCases) EXPECT_EQ(mask.Apply(c.text), c.masked);
  EXPECT_EQ(Mask().Apply("s3cret"), "s3cret");
}

}  // namespace
}  // namespace ovenbird::report
