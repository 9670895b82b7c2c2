#include "runtime/report/region.h"

#include <string>

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"

namespace ovenbird::report {
namespace {

TEST(RegionTest, SpansAreMovedIntoTheirFile) {
  const SourceFile file("a.yaml", "abc\ndé f\n");
  struct Case {
    Span span;
    uint32_t begin;
    uint32_t end;
  };
  for (const Case& c :
       {Case{{&file, 1, 2}, 1, 2}, Case{{&file, 2, 1}, 2, 2},
        Case{{&file, 3, 99}, 3, 10}, Case{{&file, 98, 99}, 10, 10}}) {
    EXPECT_EQ(Clamped(c.span).begin, c.begin);
    EXPECT_EQ(Clamped(c.span).end, c.end);
  }
}

TEST(RegionTest, ColumnsAreCodePoints) {
  const SourceFile file("a.yaml", "abc\ndé f\n");
  const Region region = RegionOf({&file, 1, 8});
  EXPECT_EQ(region.start.line, 1u);
  EXPECT_EQ(region.start.column, 2u);
  EXPECT_EQ(region.end.line, 2u);
  EXPECT_EQ(region.end.column, 4u);
}

TEST(RegionTest, Locations) {
  const SourceFile file("a\n.yaml", "abc\ndef\n");
  const SourceFile flag("--var", "A=1");
  EXPECT_EQ(LocationText({}), "");
  EXPECT_EQ(LocationText({&flag, 1, 2}), "--var");
  EXPECT_FALSE(IsInFile({}));
  EXPECT_FALSE(IsInFile({&flag, 1, 2}));
  EXPECT_TRUE(IsInFile({&file, 5, 6}));
  const std::string location = LocationText({&file, 5, 6});
  EXPECT_EQ(location.substr(location.find(':')), ":2:2");
  // A name cannot start a line of its own.
  EXPECT_EQ(location.find('\n'), location.npos) << location;
}

}  // namespace
}  // namespace ovenbird::report
