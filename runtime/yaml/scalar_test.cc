#include "runtime/yaml/scalar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {
namespace {

struct Case {
  std::string written;
  ScalarType type;
  std::string text;
};

// Each row is what go-yaml v2.2.8 makes of it.
TEST(Scalar, AsGoYamlReadsIt) {
  const std::vector<Case> cases = {
      {"12", ScalarType::kInt, "12"},
      {"+12", ScalarType::kInt, "12"},
      {"-12", ScalarType::kInt, "-12"},
      {"0", ScalarType::kInt, "0"},
      {"-0", ScalarType::kInt, "0"},
      {"00", ScalarType::kInt, "0"},
      {"007", ScalarType::kInt, "7"},
      {"0777", ScalarType::kInt, "511"},
      {"08", ScalarType::kFloat, "8"},
      {"09.5", ScalarType::kFloat, "9.5"},
      {"0o17", ScalarType::kInt, "15"},
      {"-0o17", ScalarType::kInt, "-15"},
      {"0O17", ScalarType::kInt, "15"},
      {"0x1F", ScalarType::kInt, "31"},
      {"0X1f", ScalarType::kInt, "31"},
      {"0x", ScalarType::kString, "0x"},
      {"0b101", ScalarType::kInt, "5"},
      {"-0b101", ScalarType::kInt, "-5"},
      {"0b2", ScalarType::kString, "0b2"},
      {"0B1", ScalarType::kInt, "1"},
      {"1_000", ScalarType::kInt, "1000"},
      {"_1", ScalarType::kString, "_1"},
      {"1_", ScalarType::kInt, "1"},
      {"0x_1", ScalarType::kInt, "1"},
      {"0_7", ScalarType::kInt, "7"},
      {"1__0", ScalarType::kInt, "10"},
      {"9223372036854775807", ScalarType::kInt, "9223372036854775807"},
      {"9223372036854775808", ScalarType::kInt, "9223372036854775808"},
      {"18446744073709551615", ScalarType::kInt, "18446744073709551615"},
      {"18446744073709551616", ScalarType::kFloat, "1.8446744073709552e+19"},
      {"-9223372036854775808", ScalarType::kInt, "-9223372036854775808"},
      {"-9223372036854775809", ScalarType::kFloat, "-9.223372036854776e+18"},
      {"1.5", ScalarType::kFloat, "1.5"},
      {"1.50", ScalarType::kFloat, "1.5"},
      {".5", ScalarType::kFloat, "0.5"},
      {"-.5", ScalarType::kFloat, "-0.5"},
      {"+.5", ScalarType::kFloat, "0.5"},
      {"._5", ScalarType::kString, "._5"},
      {"5.", ScalarType::kFloat, "5"},
      {"1e3", ScalarType::kFloat, "1000"},
      {"1e6", ScalarType::kFloat, "1e+06"},
      {"1E6", ScalarType::kFloat, "1e+06"},
      {"1e+06", ScalarType::kFloat, "1e+06"},
      {"1234567.0", ScalarType::kFloat, "1.234567e+06"},
      {"123456.5", ScalarType::kFloat, "123456.5"},
      {"1e400", ScalarType::kString, "1e400"},
      {"1e-400", ScalarType::kFloat, "0"},
      {"1.2.3", ScalarType::kString, "1.2.3"},
      {"1..2", ScalarType::kString, "1..2"},
      {".", ScalarType::kString, "."},
      {"..", ScalarType::kString, ".."},
      {"+", ScalarType::kString, "+"},
      {"+-1", ScalarType::kString, "+-1"},
      {".inf", ScalarType::kFloat, ".inf"},
      {"-.inf", ScalarType::kFloat, "-.inf"},
      {"+.inf", ScalarType::kFloat, ".inf"},
      {".Inf", ScalarType::kFloat, ".inf"},
      {".INF", ScalarType::kFloat, ".inf"},
      {".nan", ScalarType::kFloat, ".nan"},
      {".NaN", ScalarType::kFloat, ".nan"},
      {".NAN", ScalarType::kFloat, ".nan"},
      {".nAn", ScalarType::kString, ".nAn"},
      {"-.nan", ScalarType::kString, "-.nan"},
      {"y", ScalarType::kBool, "true"},
      {"Y", ScalarType::kBool, "true"},
      {"yes", ScalarType::kBool, "true"},
      {"Yes", ScalarType::kBool, "true"},
      {"YES", ScalarType::kBool, "true"},
      {"yEs", ScalarType::kString, "yEs"},
      {"n", ScalarType::kBool, "false"},
      {"no", ScalarType::kBool, "false"},
      {"off", ScalarType::kBool, "false"},
      {"on", ScalarType::kBool, "true"},
      {"On", ScalarType::kBool, "true"},
      {"oN", ScalarType::kString, "oN"},
      {"true", ScalarType::kBool, "true"},
      {"True", ScalarType::kBool, "true"},
      {"TRUE", ScalarType::kBool, "true"},
      {"tRue", ScalarType::kString, "tRue"},
      {"false", ScalarType::kBool, "false"},
      {"~", ScalarType::kNull, ""},
      {"null", ScalarType::kNull, ""},
      {"Null", ScalarType::kNull, ""},
      {"NULL", ScalarType::kNull, ""},
      {"nUll", ScalarType::kString, "nUll"},
      {"nullable", ScalarType::kString, "nullable"},
      {"12:30", ScalarType::kString, "12:30"},
      {"12:30:45", ScalarType::kString, "12:30:45"},
      {"2001-12-14", ScalarType::kString, "2001-12-14"},
      {"2001-12-14T21:59:43.10-05:00", ScalarType::kString,
       "2001-12-14T21:59:43.10-05:00"},
      {"0x1p-2", ScalarType::kString, "0x1p-2"},
      {"0x1.8", ScalarType::kString, "0x1.8"},
      {"1e", ScalarType::kString, "1e"},
      {"e1", ScalarType::kString, "e1"},
      {"1e+", ScalarType::kString, "1e+"},
      {"-e1", ScalarType::kString, "-e1"},
      {"1_0.5_0", ScalarType::kFloat, "10.5"},
      {"1.e5", ScalarType::kFloat, "100000"},
      {".e5", ScalarType::kString, ".e5"},
      {"0.1", ScalarType::kFloat, "0.1"},
      {"00.5", ScalarType::kFloat, "0.5"},
      {"0e0", ScalarType::kFloat, "0"},
      {"-0.0", ScalarType::kFloat, "-0"},
      {"123456789012345678901234567890", ScalarType::kFloat,
       "1.2345678901234568e+29"},
      {"1e21", ScalarType::kFloat, "1e+21"},
      {"0.00001", ScalarType::kFloat, "1e-05"},
      {"100000.0", ScalarType::kFloat, "100000"},
      {"999999.0", ScalarType::kFloat, "999999"},
      {"1000000.0", ScalarType::kFloat, "1e+06"},
      {"v1", ScalarType::kString, "v1"},
      {"1Gi", ScalarType::kString, "1Gi"},
      {"500m", ScalarType::kString, "500m"},
      {"0xZ", ScalarType::kString, "0xZ"},
      {"+0x1F", ScalarType::kInt, "31"},
      {"+0b1", ScalarType::kInt, "1"},
      {"0b", ScalarType::kString, "0b"},
      {"1,000", ScalarType::kString, "1,000"},
      {"NaN", ScalarType::kString, "NaN"},
      {"inf", ScalarType::kString, "inf"},
      {"Infinity", ScalarType::kString, "Infinity"},
      {"01.5", ScalarType::kFloat, "1.5"},
      {"0b_1", ScalarType::kInt, "1"},
      {"<<", ScalarType::kString, "<<"},
      {"=", ScalarType::kString, "="},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ResolveScalar(c.written, Style::kPlain).type, c.type)
        << c.written;
    EXPECT_EQ(ScalarText(c.written, Style::kPlain), c.text) << c.written;
  }
}

TEST(Scalar, QuotedAndBlockTextsAreStrings) {
  for (const char* text : {"", "5", "yes", "~", "null", "1.50"}) {
    for (Style style : {Style::kQuoted, Style::kBlock}) {
      EXPECT_EQ(ResolveScalar(text, style).type, ScalarType::kString);
      EXPECT_EQ(ScalarText(text, style), text);
    }
  }
}

TEST(Scalar, EmptyPlainTextIsNull) {
  EXPECT_EQ(ResolveScalar("", Style::kPlain).type, ScalarType::kNull);
}

struct IntegerCase {
  const char* text;
  std::optional<int64_t> integer;
};

TEST(Scalar, Integers) {
  const std::vector<IntegerCase> cases = {
      {"0", 0},
      {"-0", 0},
      {"0777", 511},
      {"-12", -12},
      {"9223372036854775807", std::numeric_limits<int64_t>::max()},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775808", std::numeric_limits<int64_t>::min()},
      {"1.0", std::nullopt},
      {"x", std::nullopt},
  };
  for (const IntegerCase& c : cases) {
    EXPECT_EQ(ResolveScalar(c.text, Style::kPlain).integer(), c.integer)
        << c.text;
  }
}

TEST(Scalar, Reals) {
  EXPECT_EQ(ResolveScalar("1_0.5", Style::kPlain).real, 10.5);
  EXPECT_EQ(ResolveScalar("-7", Style::kPlain).real, -7);
  EXPECT_EQ(ResolveScalar("-.inf", Style::kPlain).real,
            -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(ResolveScalar(".nan", Style::kPlain).real));
}

TEST(Scalar, Nodes) {
  const SourceFile file("f.yaml", "0123456789");
  Arena arena;
  const Span span = {&file, 0, 1};
  EXPECT_EQ(ResolveScalar(*arena.Null(span)).type, ScalarType::kNull);
  EXPECT_EQ(ScalarText(*arena.Null(span)), "");
  EXPECT_EQ(ScalarText(*arena.Scalar(span, "0777", Style::kPlain)), "511");
  EXPECT_EQ(ScalarText(*arena.Scalar(span, "0777", Style::kQuoted)), "0777");
}

}  // namespace
}  // namespace ovenbird::yaml
