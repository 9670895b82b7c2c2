#include "runtime/base/suggest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ovenbird {
namespace {

struct DistanceCase {
  const char* a;
  const char* b;
  size_t distance;
};

TEST(EditDistance, Table) {
  const std::vector<DistanceCase> cases = {
      {"", "", 0},           {"", "abc", 3},           {"abc", "abc", 0},
      {"abc", "abd", 1},     {"abc", "acb", 1},        {"ca", "abc", 3},
      {"cache", "cahce", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1},
  };
  for (const DistanceCase& c : cases) {
    EXPECT_EQ(EditDistance(c.a, c.b, 9), c.distance) << c.a << " " << c.b;
    EXPECT_EQ(EditDistance(c.b, c.a, 9), c.distance) << c.b << " " << c.a;
    EXPECT_EQ(EditDistance(c.a, c.b, c.distance), c.distance);
    if (c.distance > 0) {
      EXPECT_EQ(EditDistance(c.a, c.b, c.distance - 1), std::nullopt);
    }
  }
}

struct SuggestCase {
  const char* name;
  std::string word;
  std::vector<absl::string_view> candidates;
  std::string want;
};

TEST(Suggest, Table) {
  const std::vector<absl::string_view> fields = {
      "additionalMounts", "args",      "cache",      "image",
      "insecure",         "namespace", "pullSecret", "snapshotMode"};
  const std::vector<SuggestCase> cases = {
      {"case", "snapshotmode", fields, "snapshotMode"},
      {"case wins over distance", "Ab", {"Aa", "ab"}, "ab"},
      {"swap", "cahce", fields, "cache"},
      {"one letter", "arg", fields, "args"},
      {"too far", "cacheTTL", fields, ""},
      {"nearest", "imaage", {"images", "image"}, "image"},
      {"first of equals", "abcd", {"abce", "abcf"}, "abce"},
      {"words in another order", "secretPull", fields, "pullSecret"},
      {"snake case", "pull_secret", fields, "pullSecret"},
      {"kebab case and order", "mode-snapshot", fields, "snapshotMode"},
      {"never itself", "args", {"args"}, ""},
      {"nothing in common", "x", {"y"}, ""},
      {"empty word", "", fields, ""},
      {"no candidates", "args", {}, ""},
      {"punctuation only", "--", fields, ""},
  };
  for (const SuggestCase& c : cases) {
    EXPECT_EQ(std::string(Suggest(c.word, c.candidates)), c.want) << c.name;
  }
}

TEST(Suggest, LongWordsAreNotCompared) {
  const std::string word(100000, 'a');
  const std::string candidate(100001, 'a');
  EXPECT_EQ(std::string(Suggest(word, {candidate})), "");
}

TEST(DiffersOnlyInCase, Table) {
  EXPECT_TRUE(DiffersOnlyInCase("snapshotmode", "snapshotMode"));
  EXPECT_FALSE(DiffersOnlyInCase("a", "a"));
  EXPECT_FALSE(DiffersOnlyInCase("a", "b"));
}

}  // namespace
}  // namespace ovenbird
