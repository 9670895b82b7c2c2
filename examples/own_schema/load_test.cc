#include "examples/own_schema/load.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace bakery {
namespace {

TEST(LoadTest, FillsTheStructs) {
  const ovenbird::SourceFile file("bakery.yaml",
                                  "breads:\n"
                                  "  rye:\n"
                                  "    minutes: 50\n"
                                  "    heat: high\n");
  ovenbird::yaml::Arena arena;
  ovenbird::diag::Collector problems;
  const Bakery bakery = Load(file, arena, problems);
  EXPECT_FALSE(problems.has_errors());
  EXPECT_EQ(bakery.opens, "06:30");
  ASSERT_EQ(bakery.breads.size(), 1u);
  EXPECT_EQ(bakery.breads[0].first, "rye");
  EXPECT_EQ(bakery.breads[0].second.minutes, 50);
  EXPECT_EQ(bakery.breads[0].second.heat, Heat::kHigh);
  EXPECT_EQ(ToYaml(bakery),
            "breads:\n"
            "  rye:\n"
            "    minutes: 50\n"
            "    heat: high\n");
}

TEST(LoadTest, SaysAllThatIsWrongAtItsPlace) {
  const ovenbird::SourceFile file("bakery.yaml",
                                  "opens: 25 o'clock\n"
                                  "breads:\n"
                                  "  rye:\n"
                                  "    minutes: 500\n"
                                  "    topping: seeds\n"
                                  "    filling: nuts\n"
                                  "  wheat:\n"
                                  "    heat: hihg\n");
  ovenbird::yaml::Arena arena;
  ovenbird::diag::Collector problems;
  Load(file, arena, problems);
  std::string text;
  for (const ovenbird::diag::Diagnostic& problem : problems.Sorted()) {
    absl::StrAppend(&text, file.PositionAt(problem.span.begin).line, ": ",
                    problem.message, "\n");
  }
  EXPECT_EQ(text,
            "1: value `25 o'clock` of `opens` is not a time of day such as "
            "06:30\n"
            "4: value `500` of `minutes` is out of range\n"
            "6: both `topping` and `filling` are given in `breads.rye`\n"
            "7: missing `minutes` in `breads.wheat`\n"
            "8: unknown value `hihg` of `heat`\n");
}

}  // namespace
}  // namespace bakery
