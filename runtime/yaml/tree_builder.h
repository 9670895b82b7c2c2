// Builds the located tree from a parser's events: the part of yaml/parse.h that
// is not about yaml-cpp.
#ifndef OVENBIRD_RUNTIME_YAML_TREE_BUILDER_H_
#define OVENBIRD_RUNTIME_YAML_TREE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// Deeper than any config; far from the end of the stack of what walks the tree.
inline constexpr size_t kDeepestNesting = 200;

// Events in the order of the text. `mark`: the byte where the node begins, its
// anchor and tag included. `anchor`: a number above 0, or 0 for none. Each
// function returns false when a limit is passed and nothing more is to be fed;
// the reason has then been reported.
class TreeBuilder {
 public:
  TreeBuilder(const SourceFile& file, Arena& arena, diag::Sink& sink);

  bool Null(size_t mark, size_t anchor);
  bool Scalar(size_t mark, const std::string& tag, size_t anchor,
              const std::string& value);
  bool Alias(size_t mark, size_t anchor);
  bool BeginSequence(size_t mark, const std::string& tag, size_t anchor,
                     bool flow);
  bool BeginMapping(size_t mark, const std::string& tag, size_t anchor,
                    bool flow);
  bool End();

  // Null until the document's node is complete.
  const Node* root() const { return root_; }
  // Where the innermost flow collection that is still open begins; empty
  // outside of one.
  Span OpenBracket() const;

 private:
  struct Frame {
    bool mapping;
    bool flow;
    bool has_key = false;
    bool key_is_bad = false;
    bool has_merge = false;
    // A pair in a list, `[a: b]`: a mapping without brackets.
    bool is_pair = false;
    Style key_style = Style::kPlain;
    uint32_t begin;
    int column;         // of a block collection
    uint32_t last_end;  // where the last child ends
    size_t anchor;
    size_t first_child;  // in entries_ or items_
    uint64_t size = 1;  // nodes below, aliases counted with what they stand for
    absl::string_view key;
    Span key_span;
  };
  // A child of the innermost frame, or the root. Says whether to go on.
  bool Add(const Node* node, size_t end, uint64_t size, size_t anchor);
  bool ExpectsKey() const;
  void SetKey(Frame& frame, absl::string_view key, Span span, Style style);
  void AddKey(Frame& frame, const Node* node);
  bool Begin(bool mapping, size_t mark, const std::string& tag, size_t anchor,
             bool flow);
  const Node* EndMapping(const Frame& frame, Span span);
  void DropDuplicates(size_t first);
  void DropDuplicate(size_t first, size_t index);
  void ResolveMerges(size_t first);
  void AddMerged(size_t first, const Entry& merge, const Node& source);

  bool IsMissing(size_t mark) const;
  Span MissingSpan(size_t mark) const;
  Style TaggedStyle(Span property, const std::string& tag, Style style);
  Span At(size_t begin, size_t end) const;
  int ParentColumn() const;
  void Remember(size_t anchor, const Node* node, uint64_t size);

  const SourceFile& file_;
  absl::string_view text_;
  Arena& arena_;
  diag::Sink& sink_;
  const Node* root_ = nullptr;
  std::vector<Frame> frames_;
  // Children of all open frames, innermost last.
  std::vector<Entry> entries_;
  std::vector<const Node*> items_;
  struct Anchored {
    const Node* node = nullptr;
    uint64_t size = 0;
  };
  std::vector<Anchored> anchors_;  // by number
  uint64_t nodes_ = 0;             // written in the text
  uint64_t aliased_ = 0;           // reached through aliases
};

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_TREE_BUILDER_H_
