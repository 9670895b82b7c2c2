#include "runtime/yaml/arena.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {
namespace {

class ArenaTest : public ::testing::Test {
 protected:
  Span At(uint32_t begin, uint32_t end) { return {&file_, begin, end}; }
  const Node* Word(uint32_t begin, uint32_t end) {
    return arena_.Scalar(At(begin, end), "word", Style::kQuoted);
  }

  SourceFile file_{"f.yaml", "0123456789"};
  Arena arena_;
};

TEST_F(ArenaTest, NodesAreSmall) { EXPECT_LE(sizeof(Node), 40u); }

TEST_F(ArenaTest, OtherKindsReadAsEmpty) {
  const Node* null = arena_.Null(At(1, 2));
  EXPECT_TRUE(null->is_null());
  EXPECT_TRUE(null->scalar().empty());
  EXPECT_TRUE(null->items().empty());
  EXPECT_TRUE(null->entries().empty());
  EXPECT_EQ(null->Find("a"), nullptr);
  const Node* word = Word(0, 4);
  EXPECT_TRUE(word->items().empty());
  EXPECT_TRUE(word->entries().empty());
}

TEST_F(ArenaTest, Mapping) {
  const std::vector<Entry> entries = {
      {"a", At(0, 1), Style::kPlain, Word(1, 2)},
      {"b", At(2, 3), Style::kQuoted, Word(3, 4)}};
  const Node* node = arena_.Mapping(At(0, 4), entries);
  ASSERT_EQ(node->entries().size(), 2u);
  EXPECT_EQ(node->Find("b")->span(), At(3, 4));
  EXPECT_EQ(node->FindEntry("b")->key_span(), At(2, 3));
  EXPECT_EQ(node->FindEntry("b")->key_style(), Style::kQuoted);
  EXPECT_EQ(node->Find("c"), nullptr);
}

TEST_F(ArenaTest, AliasSharesTheContent) {
  const Node* target = arena_.Sequence(At(0, 4), {Word(1, 2)});
  const Node* alias = arena_.Alias(At(6, 8), *target);
  EXPECT_EQ(alias->span(), At(6, 8));
  EXPECT_EQ(alias->anchor(), At(0, 4));
  EXPECT_EQ(alias->items().data(), target->items().data());
  EXPECT_FALSE(target->anchor());
}

TEST_F(ArenaTest, OriginsAreStacked) {
  const Node* word = Word(0, 4);
  const Node* once = arena_.WithOrigin(*word, "first", At(1, 2));
  const Node* twice = arena_.WithOrigin(*once, "second", {});
  EXPECT_EQ(word->origin(), nullptr);
  EXPECT_EQ(twice->origin()->text, "second");
  EXPECT_EQ(twice->origin()->next->text, "first");
  EXPECT_EQ(twice->origin()->next->span, At(1, 2));
  EXPECT_EQ(twice->scalar(), "word");
}

TEST_F(ArenaTest, OriginBelow) {
  const std::vector<Entry> entries = {
      {"a", At(0, 1), Style::kPlain, arena_.Sequence(At(1, 4), {Word(2, 3)})}};
  const Node* node = arena_.Mapping(At(0, 4), entries);
  const Node* marked = arena_.WithOriginBelow(*node, "here", At(5, 6));
  const Node* item = marked->Find("a")->items()[0];
  EXPECT_EQ(item->origin()->text, "here");
  EXPECT_EQ(item->span(), At(2, 3));
  EXPECT_EQ(node->Find("a")->items()[0]->origin(), nullptr);
}

TEST_F(ArenaTest, WithTextKeepsThePlace) {
  const Node* node = arena_.WithOrigin(*Word(0, 4), "o", {});
  const Node* changed = arena_.WithText(*node, "5", Style::kPlain);
  EXPECT_EQ(changed->scalar(), "5");
  EXPECT_EQ(changed->style(), Style::kPlain);
  EXPECT_EQ(changed->span(), At(0, 4));
  EXPECT_EQ(changed->origin()->text, "o");
}

TEST_F(ArenaTest, UnknownIsKept) {
  const Node* node = arena_.AsUnknown(*Word(0, 4));
  EXPECT_TRUE(node->is_unknown());
  EXPECT_TRUE(arena_.WithText(*node, "5", Style::kPlain)->is_unknown());
  EXPECT_FALSE(Word(0, 4)->is_unknown());
}

TEST_F(ArenaTest, CopyIsIndependent) {
  std::string text = "abc";
  const absl::string_view copy = arena_.Copy(text);
  text[0] = 'x';
  EXPECT_EQ(copy, "abc");
  EXPECT_TRUE(arena_.Copy("").empty());
}

}  // namespace
}  // namespace ovenbird::yaml
