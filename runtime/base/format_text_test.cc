#include "runtime/base/format_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(FormatTextTest, MakesShortAndLongTexts) {
  EXPECT_EQ(FormatText("%d:%02d %s", 1, 2, "a"), "1:02 a");
  EXPECT_EQ(FormatText("%s", std::string("nul\0inside", 10)).size(), 10u);
  for (size_t size : {254u, 255u, 256u, 257u, 5000u}) {
    const std::string text(size, 'x');
    EXPECT_EQ(FormatText("%s|", text), absl::StrCat(text, "|"));
  }
}

}  // namespace
}  // namespace ovenbird
