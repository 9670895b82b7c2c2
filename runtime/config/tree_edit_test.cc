#include "runtime/config/tree_edit.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

class TreeEditTest : public ::testing::Test {
 protected:
  const yaml::Node& Tree(const std::string& text) {
    files_.push_back(std::make_unique<SourceFile>("a.yaml", text));
    diag::Collector problems;
    const yaml::Node* node = yaml::Parse(*files_.back(), arena_, problems);
    EXPECT_TRUE(problems.diagnostics().empty()) << text;
    return *node;
  }

  std::vector<std::unique_ptr<SourceFile>> files_;
  yaml::Arena arena_;
};

TEST_F(TreeEditTest, ListIndex) {
  EXPECT_EQ(ListIndex("0", 1), 0u);
  EXPECT_EQ(ListIndex("10", 11), 10u);
  for (const char* text :
       {"", "1", "-1", "+0", "0x0", " 0", "a", "99999999999999999999"}) {
    EXPECT_EQ(ListIndex(text, 1), std::nullopt) << text;
  }
  EXPECT_EQ(ListIndex("0", 0), std::nullopt);
}

TEST_F(TreeEditTest, ChildAt) {
  const yaml::Node& tree = Tree("{a: [1, 2], '0': x}\n");
  const yaml::Node* list = ChildAt(tree, "a");
  ASSERT_NE(list, nullptr);
  EXPECT_TRUE(HaveSameValue(*ChildAt(*list, "1"), Tree("2")));
  EXPECT_EQ(ChildAt(*list, "2"), nullptr);
  EXPECT_EQ(ChildAt(*list, "a"), nullptr);
  EXPECT_TRUE(HaveSameValue(*ChildAt(tree, "0"), Tree("x")));
  EXPECT_EQ(ChildAt(tree, "b"), nullptr);
}

TEST_F(TreeEditTest, EachEditIsACopy) {
  const yaml::Node& map = Tree("{a: 1, b: 2}\n");
  const yaml::Node& list = Tree("[1, 2]\n");
  const yaml::Node* three = &Tree("3");
  struct Case {
    const yaml::Node* edited;
    const char* result;
  };
  for (const Case& c : {
           Case{WithChild(map, "a", three, arena_), "{a: 3, b: 2}"},
           {WithChild(list, "1", three, arena_), "[1, 3]"},
           {WithKey(map, "b", {}, three, arena_), "{a: 1, b: 3}"},
           {WithKey(map, "c", {}, three, arena_), "{a: 1, b: 2, c: 3}"},
           {WithInserted(list, 0, three, arena_), "[3, 1, 2]"},
           {WithInserted(list, 2, three, arena_), "[1, 2, 3]"},
           {WithoutChild(map, "a", arena_), "{b: 2}"},
           {WithoutChild(list, "0", arena_), "[2]"},
       }) {
    EXPECT_TRUE(HaveSameValue(*c.edited, Tree(c.result))) << c.result;
  }
  EXPECT_TRUE(HaveSameValue(map, Tree("{a: 1, b: 2}")));
  EXPECT_TRUE(HaveSameValue(list, Tree("[1, 2]")));
  EXPECT_EQ(WithKey(map, "c", {}, three, arena_)->entries().back().key(), "c");
}

TEST_F(TreeEditTest, HaveSameValue) {
  struct Case {
    const char* a;
    const char* b;
    bool same;
  };
  for (const Case& c : {
           Case{"0x10", "16", true},
           {"16", "'16'", false},
           {"yes", "true", true},
           {"a", "'a'", true},
           {"{a: 1, b: 2}", "{b: 2, a: 1}", true},
           {"{a: 1}", "{a: 1, b: 2}", false},
           {"{a: 1, b: 2}", "{a: 1, c: 2}", false},
           {"[1, 2]", "[2, 1]", false},
           {"[1]", "[1, 1]", false},
           {"[]", "{}", false},
           {"{a: [{b: 1}]}", "{a: [{b: 0x1}]}", true},
       }) {
    EXPECT_EQ(HaveSameValue(Tree(c.a), Tree(c.b)), c.same) << c.a << " " << c.b;
    EXPECT_EQ(HaveSameValue(Tree(c.b), Tree(c.a)), c.same) << c.b << " " << c.a;
  }
}

}  // namespace
}  // namespace ovenbird::config
