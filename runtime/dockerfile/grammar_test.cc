#include "runtime/dockerfile/grammar.h"

#include <algorithm>
#include <set>

#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

TEST(GrammarTest, IsSortedByKeyword) {
  const std::vector<Grammar>& all = Grammars();
  ASSERT_FALSE(all.empty());
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(all[i - 1].keyword, all[i].keyword);
  }
}

TEST(GrammarTest, FindsEachInstruction) {
  for (const Grammar& grammar : Grammars()) {
    const Grammar* found = FindGrammar(grammar.keyword);
    ASSERT_NE(found, nullptr) << grammar.keyword;
    EXPECT_EQ(found->keyword, grammar.keyword);
    // A message names what is missing.
    EXPECT_EQ(grammar.least > 0, !grammar.needed.empty()) << grammar.keyword;
    std::set<absl::string_view> flags;
    for (const FlagGrammar& flag : grammar.flags) {
      EXPECT_TRUE(flags.insert(flag.name).second) << flag.name;
    }
  }
  for (const char* keyword : {"", "copy", "Copy", "AAA", "COPIES", "ZZZ"}) {
    EXPECT_EQ(FindGrammar(keyword), nullptr) << keyword;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
