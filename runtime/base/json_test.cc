#include "runtime/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::json {
namespace {

using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

std::string Nested(int depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Parse, Values) {
  EXPECT_THAT(Parse("null"), IsOkAndHolds(Value()));
  EXPECT_THAT(Parse(" true "), IsOkAndHolds(Value(true)));
  EXPECT_THAT(Parse("-7"), IsOkAndHolds(Value(-7)));
  EXPECT_THAT(Parse("9223372036854775807"),
              IsOkAndHolds(Value(std::numeric_limits<int64_t>::max())));
  EXPECT_THAT(Parse("9223372036854775808"),
              IsOkAndHolds(Value(9223372036854775808.0)));
  EXPECT_THAT(Parse("1.5"), IsOkAndHolds(Value(1.5)));
  EXPECT_THAT(Parse("1.0"), IsOkAndHolds(Value(1.0)));
  EXPECT_THAT(Parse(R"("a\u00e9\n\u0000b")"),
              IsOkAndHolds(Value(std::string("a\xC3\xA9\n\0b", 6))));
  EXPECT_THAT(Parse("[1, []]"), IsOkAndHolds(Value(Array{1, Array{}})));
}

TEST(Parse, KeysKeepTheirOrder) {
  EXPECT_THAT(
      Parse(R"({"z": 1, "a": {"y": 2, "b": 3}})"),
      IsOkAndHolds(Value(Object{{"z", 1}, {"a", Object{{"y", 2}, {"b", 3}}}})));
}

TEST(Parse, OfDuplicateKeysTheLastWins) {
  EXPECT_THAT(Parse(R"({"a": 1, "a": 2})"),
              IsOkAndHolds(Value(Object{{"a", 2}})));
}

TEST(Parse, DepthIsLimited) {
  EXPECT_TRUE(Parse(Nested(400)).ok());
  EXPECT_THAT(Parse(Nested(100000)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("nested deeper than")));
}

struct BadCase {
  std::string text;
  std::string error;
};

TEST(Parse, Errors) {
  const std::vector<BadCase> cases = {
      {"", "line 1, column 1: "},
      {"{", "line 1, column 2: "},
      {"{\n  \"a\": x\n}", "line 2, column 8: "},
      {"[1,]", "line 1, column 4: "},
      {"[1] 2", "line 1, column 5: "},
      {"{'a': 1}", "line 1, column 2: "},
      {"// c\n1", "line 1, column 1: "},
      {"NaN", "line 1, column 1: "},
      {"{\"a\" 1}", "line 1, column 6: "},
  };
  for (const BadCase& c : cases) {
    EXPECT_THAT(Parse(c.text), StatusIs(absl::StatusCode::kInvalidArgument,
                                        ::testing::StartsWith(c.error)))
        << c.text;
  }
}

TEST(Value, ReadingNeverFails) {
  const absl::StatusOr<Value> parsed =
      Parse(R"({"a": {"b": "c", "n": 3, "t": true}, "l": [1, "x"]})");
  ASSERT_TRUE(parsed.ok());
  const Value& value = *parsed;
  EXPECT_EQ(std::string(value.Get({"a", "b"}).string_or()), "c");
  EXPECT_EQ(value["a"]["n"].int_or(), 3);
  EXPECT_TRUE(value["a"]["t"].bool_or());
  EXPECT_EQ(std::string(value["l"][1].string_or()), "x");
  EXPECT_TRUE(value["l"][2].is_null());
  EXPECT_TRUE(value.Get({"x", "y", "z"}).is_null());
  EXPECT_EQ(std::string(value["a"].string_or("d")), "d");
  EXPECT_EQ(value["l"].int_or(9), 9);
  EXPECT_TRUE(value["l"].bool_or(true));
  EXPECT_TRUE(value["a"].items().empty());
  EXPECT_EQ(value["l"].items().size(), 2u);
}

TEST(Value, Set) {
  Value value;
  value.Set("b", 1).Set("a", "x").Set("b", 2);
  EXPECT_EQ(Write(value), R"({"b":2,"a":"x"})");
}

TEST(Write, RoundTrip) {
  for (const char* text :
       {"null", "true", "-12", "1.5", "1e+300", R"("a\"b\\c\nd\u0001")", "[]",
        "{}", R"({"a":[1,{"b":null}],"c":"é"})"}) {
    const absl::StatusOr<Value> value = Parse(text);
    ASSERT_TRUE(value.ok()) << text;
    EXPECT_EQ(Write(*value), text);
    EXPECT_THAT(Parse(Write(*value, true)), IsOkAndHolds(*value));
  }
}

TEST(Write, Pretty) {
  EXPECT_EQ(Write(Object{{"a", Array{1, 2}}, {"b", Object{}}}, true),
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

TEST(Quote, BytesThatAreNoText) {
  EXPECT_EQ(Quote("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace ovenbird::json
