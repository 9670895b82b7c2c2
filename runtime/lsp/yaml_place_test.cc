#include "runtime/lsp/yaml_place.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"

namespace ovenbird::lsp {
namespace {

// A text with the cursor at `|`, and the place as "part path = word".
struct PlaceCase {
  const char* text;
  const char* want;
};

std::string Shown(const std::string& marked) {
  const size_t cursor = marked.find('|');
  const SourceFile file("f",
                        marked.substr(0, cursor) + marked.substr(cursor + 1));
  const YamlPlace place = FindPlace(file, cursor);
  if (place.part == YamlPlace::kNone) return "none";
  std::string shown =
      absl::StrCat(place.part == YamlPlace::kKey ? "key " : "value ",
                   absl::StrJoin(place.path, "/"), " = ",
                   file.text().substr(place.begin, place.end - place.begin));
  if (!place.siblings.empty()) {
    absl::StrAppend(&shown, " next to ", absl::StrJoin(place.siblings, ","));
  }
  return shown;
}

class FindPlaceTest : public ::testing::TestWithParam<PlaceCase> {};

TEST_P(FindPlaceTest, Place) {
  EXPECT_EQ(Shown(GetParam().text), GetParam().want) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Keys, FindPlaceTest,
    ::testing::Values(
        PlaceCase{"|", "key  = "}, PlaceCase{"im|", "key  = im"},
        PlaceCase{"im|ages:\n", "key  = images"},
        PlaceCase{"a: 1\n|", "key  =  next to a"},
        PlaceCase{"a: 1\nb|\nc: 2\n", "key  = b next to a,c"},
        PlaceCase{"a:\n  b|", "key a = b"}, PlaceCase{"a:\n  |", "key a = "},
        PlaceCase{"a:\n  b:\n    c: 1\n  |", "key a =  next to b"},
        PlaceCase{"a:\n  b:\n    c: 1\n  d|\n", "key a = d next to b"},
        PlaceCase{"a:\n  # x\n\n  b|", "key a = b"},
        PlaceCase{"a:\n  b:\n    c|\nd:\n  e: 1\n", "key a/b = c"},
        PlaceCase{"\"a b\":\n  c|", "key a b = c"}));

INSTANTIATE_TEST_SUITE_P(
    Items, FindPlaceTest,
    ::testing::Values(PlaceCase{"a:\n- b|", "key a/ = b"},
                      PlaceCase{"a:\n- |", "key a/ = "},
                      PlaceCase{"a:\n  - b|", "key a/ = b"},
                      PlaceCase{"a:\n- b: 1\n  c|", "key a/ = c next to b"},
                      PlaceCase{"a:\n- b: 1\n  c: 2\n- d|", "key a/ = d"},
                      PlaceCase{"a:\n- b: 1\n- c: 2\n  d|",
                                "key a/ = d next to c"},
                      PlaceCase{"a:\n- b:\n    c|", "key a//b = c"},
                      PlaceCase{"a:\n- - b|", "key a// = b"},
                      PlaceCase{"a:\n- b: x|\n", "value a//b = x"},
                      PlaceCase{"z: 1\na:\n- b\n- |c\nd: 1\n", "key a/ = c"}));

INSTANTIATE_TEST_SUITE_P(
    Values, FindPlaceTest,
    ::testing::Values(PlaceCase{"a: |", "value a = "},
                      PlaceCase{"a:| ", "value a = "},
                      PlaceCase{"a: b|c # d\n", "value a = bc"},
                      PlaceCase{"a:\n  b: |\n", "value a/b = "},
                      PlaceCase{"a: b # c|\n", "none"},
                      PlaceCase{"# a|\n", "none"},
                      PlaceCase{"a: \"b # c|\"\n", "value a = \"b # c\""},
                      PlaceCase{"http://a|", "key  = http://a"}));

INSTANTIATE_TEST_SUITE_P(
    Flow, FindPlaceTest,
    ::testing::Values(PlaceCase{"a: {|", "key a = "},
                      PlaceCase{"a: {b|}", "key a = b"},
                      PlaceCase{"a: {b: |}", "value a/b = "},
                      PlaceCase{"a: {b: 1, c|}", "key a = c"},
                      PlaceCase{"a: {b: {c: d|}}", "value a/b/c = d"},
                      PlaceCase{"a: [|]", "key a/ = "},
                      PlaceCase{"a: [b, c|]", "key a/ = c"},
                      PlaceCase{"a: [{b: c|}]", "value a//b = c"},
                      PlaceCase{"a: [b]|", "value a = [b]"},
                      PlaceCase{"a:\n- {b: '}', c: d|}", "value a//c = d"}));

}  // namespace
}  // namespace ovenbird::lsp
