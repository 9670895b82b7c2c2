#include "runtime/report/mask.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/report/visible.h"

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

// Long instructions are cut before they are masked.
TEST(MaskTest, HidesTheBeginningOfAPasswordThatWasCut) {
  const Mask mask({"s3cret-and-more"});
  EXPECT_EQ(mask.Apply("RUN login s3cret-an..."), "RUN login ***...");
  EXPECT_EQ(mask.Apply("RUN login s3cr..."), "RUN login ***...");
  EXPECT_EQ(mask.Apply("RUN login s3c..."), "RUN login s3c...");
  EXPECT_EQ(mask.Apply("s3cret..."), "***...");
  EXPECT_EQ(mask.Apply("RUN login s3cret"), "RUN login s3cret");
  EXPECT_EQ(mask.Apply("..."), "...");
}

// Commands of the config are shown as a shell reads them, and what is shown has
// no control characters.
TEST(MaskTest, HidesOtherFormsOfAPassword) {
  const Mask mask({"hunter'2", "tab\there", "both'\tof\x1b them"});
  EXPECT_EQ(mask.Apply("sh -c 'login hunter'\\''2'"), "sh -c 'login ***'");
  EXPECT_EQ(mask.Apply("hunter'2"), "***");
  EXPECT_EQ(mask.Apply("tab\there"), "***");
  EXPECT_EQ(mask.Apply(Visible("tab\there")), "***");
  EXPECT_EQ(mask.Apply(Visible("both'\tof\x1b them")), "***");
  EXPECT_EQ(mask.Apply(Visible("both'\\''\tof\x1b them")), "***");
}

}  // namespace
}  // namespace ovenbird::report
