#include "runtime/yaml/at.h"

#include <gtest/gtest.h>

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {
namespace {

TEST(At, AddsAnchorAndOrigins) {
  const SourceFile file("f.yaml", "0123456789");
  Arena arena;
  const Node* word = arena.Scalar({&file, 0, 4}, "word", Style::kPlain);
  const Node* alias = arena.Alias({&file, 6, 8}, *word);
  const Node* node = arena.WithOrigin(
      *arena.WithOrigin(*alias, "first", {&file, 1, 2}), "second", {});
  const diag::Diagnostic d = At(*node, diag::Diagnostic());
  ASSERT_EQ(d.labels.size(), 1u);
  EXPECT_EQ(d.labels[0].span, word->span());
  ASSERT_EQ(d.notes.size(), 2u);
  EXPECT_EQ(d.notes[0].text, "second");
  EXPECT_EQ(d.notes[1].text, "first");
  EXPECT_EQ(d.notes[1].span.begin, 1u);
}

TEST(At, PlainNodeAddsNothing) {
  const SourceFile file("f.yaml", "0123456789");
  Arena arena;
  const diag::Diagnostic d = At(*arena.Null({&file, 0, 1}), diag::Diagnostic());
  EXPECT_TRUE(d.labels.empty());
  EXPECT_TRUE(d.notes.empty());
}

}  // namespace
}  // namespace ovenbird::yaml
