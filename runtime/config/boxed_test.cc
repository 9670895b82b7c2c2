#include "runtime/config/boxed.h"

#include <optional>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace ovenbird::config {
namespace {

TEST(BoxedTest, IsEmptyUntilItGetsAValue) {
  Boxed<std::string> box;
  EXPECT_FALSE(box.has_value());
  EXPECT_EQ(box, Boxed<std::string>(std::nullopt));
  box.emplace() = "a";
  EXPECT_TRUE(box.has_value());
  EXPECT_EQ(*box, "a");
  EXPECT_EQ(box.emplace(), "");
  box.reset();
  EXPECT_FALSE(box);
}

TEST(BoxedTest, CopiesAreDeep) {
  Boxed<std::string> box(std::string("a"));
  Boxed<std::string> copy = box;
  Boxed<std::string> assigned;
  assigned = box;
  *box = "b";
  EXPECT_EQ(*copy, "a");
  EXPECT_EQ(*assigned, "a");
  assigned = Boxed<std::string>();
  EXPECT_FALSE(assigned.has_value());
}

TEST(BoxedTest, IsKeptWhenAssignedToItself) {
  Boxed<std::string> box(std::string("a"));
  const Boxed<std::string>& itself = box;
  box = itself;
  EXPECT_EQ(*box, "a");
}

TEST(BoxedTest, IsEmptyAfterItWasMovedFrom) {
  Boxed<std::string> box(std::string("a"));
  const Boxed<std::string> taken = std::move(box);
  EXPECT_EQ(*taken, "a");
  EXPECT_FALSE(box.has_value());  // NOLINT(bugprone-use-after-move): promised
}

TEST(BoxedTest, IsEqualByWhatIsInIt) {
  const Boxed<std::string> a(std::string("a"));
  EXPECT_TRUE(a == Boxed<std::string>(std::string("a")));
  EXPECT_FALSE(a == Boxed<std::string>(std::string("b")));
  EXPECT_FALSE(a == Boxed<std::string>());
  EXPECT_TRUE(Boxed<std::string>() == Boxed<std::string>());
}

// As a message that has itself as a field.
struct Tree {
  Boxed<Tree> left;
};

TEST(BoxedTest, HoldsItsOwnKind) {
  Tree tree;
  tree.left.emplace().left.emplace();
  const Tree copy = tree;
  tree.left->left.reset();
  EXPECT_TRUE(copy.left->left.has_value());
}

}  // namespace
}  // namespace ovenbird::config
