#include "runtime/plan/section.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird::plan {
namespace {

TEST(SectionTest, HasDefaultsWhereNothingIsWritten) {
  const Section<std::string> section;
  EXPECT_EQ(*section, "");
}

TEST(SectionTest, IsTheWrittenOneUntilItIsChanged) {
  const std::string written = "a";
  Section<std::string> section(&written);
  EXPECT_EQ(&*section, &written);
  section.Mutable() = "b";
  EXPECT_EQ(*section, "b");
  EXPECT_EQ(written, "a");
}

TEST(SectionTest, IsCopiedOnce) {
  const std::string written = "a";
  Section<std::string> section(&written);
  std::string* own = &section.Mutable();
  EXPECT_EQ(&section.Mutable(), own);
}

TEST(SectionTest, AChangeIsNotSeenInACopy) {
  const std::string written = "a";
  Section<std::string> section(&written);
  section.Mutable() = "b";
  const Section<std::string> copy = section;
  EXPECT_EQ(&*copy, &*section);
  section.Mutable() = "c";
  EXPECT_EQ(*copy, "b");
  EXPECT_EQ(*section, "c");
}

}  // namespace
}  // namespace ovenbird::plan
