#include "runtime/dockerfile/string_list.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

TEST(StringListTest, Forms) {
  struct Case {
    const char* text;
    ListForm form;
    std::vector<std::string> items;
  };
  for (const Case& c : std::vector<Case>{
           {"[\"a\", \"b c\"]", ListForm::kStrings, {"a", "b c"}},
           {"  [ \"a\" ]\t", ListForm::kStrings, {"a"}},
           {"[]", ListForm::kStrings, {}},
           {"[\"a\\\"b\", \"\\u00e9\"]", ListForm::kStrings, {"a\"b", "é"}},
           {"[\"a\", 1]", ListForm::kOther, {"a"}},
           {"[null]", ListForm::kOther, {}},
           // The shell's `[`, and what only looks like JSON.
           {"[ -f a ]", ListForm::kNone, {}},
           {"['a']", ListForm::kNone, {}},
           {"[\"a\"", ListForm::kNone, {}},
           {"[\"a\"] b", ListForm::kNone, {}},
           {"{\"a\": 1}", ListForm::kNone, {}},
           {"\"a\"", ListForm::kNone, {}},
           {"", ListForm::kNone, {}},
           // Go rejects control characters in strings, and only there.
           {"[\"a\tb\"]", ListForm::kNone, {}},
           {"[\"a\\\n\"]", ListForm::kNone, {}},
           {"[\"a\",\t\"b\"]", ListForm::kStrings, {"a", "b"}},
       }) {
    std::vector<std::string> items;
    EXPECT_EQ(ReadStringList(c.text, &items), c.form) << c.text;
    EXPECT_EQ(items, c.items) << c.text;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
