#include "runtime/base/hash_map.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(HashMapTest, FindsStringsByViews) {
  HashMap<std::string, int> map;
  map["a"] = 1;
  const absl::string_view key = absl::string_view("abc").substr(0, 1);
  ASSERT_NE(map.find(key), map.end());
  EXPECT_EQ(map.find(key)->second, 1);
  EXPECT_TRUE(map.contains("a"));
  EXPECT_FALSE(map.contains(absl::string_view("b")));
  HashSet<std::string> set = {"x"};
  EXPECT_TRUE(set.contains(absl::string_view("x")));
}

TEST(HashMapTest, TakesPairs) {
  HashMap<std::pair<uint64_t, uint64_t>, int> map;
  EXPECT_TRUE(map.try_emplace({1, 2}, 3).second);
  EXPECT_FALSE(map.try_emplace({1, 2}, 4).second);
  EXPECT_TRUE(map.try_emplace({2, 1}, 4).second);
}

}  // namespace
}  // namespace ovenbird
