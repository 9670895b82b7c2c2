// Builds the located tree from a parser's events: the part of yaml/parse.h that
// does not depend on yaml-cpp.
#ifndef OVENBIRD_RUNTIME_YAML_TREE_BUILDER_H_
#define OVENBIRD_RUNTIME_YAML_TREE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// Deeper than any config; far from the stack limit of functions that walk the
// tree.
inline constexpr size_t kDeepestNesting = 200;

// Receives events in the order of the text. `mark` is the byte where the node
// begins, its anchor and tag included. `anchor` is a number above 0, or 0 for
// none. Each function returns false, after reporting why, if no more events may
// follow: a limit is exceeded, or a quote is never closed.
class TreeBuilder {
 public:
  TreeBuilder(const SourceFile& file, Arena& arena, diag::Sink& sink);

  // Adds a null, whose value may be missing in the text.
  bool Null(size_t mark, size_t anchor);
  // Adds a scalar; `value` is its unescaped text.
  bool Scalar(size_t mark, const std::string& tag, size_t anchor,
              const std::string& value);
  // Adds the node of that anchor once more. An anchor inside of its own node is
  // reported, and null is added.
  bool Alias(size_t mark, size_t anchor);
  // Begins a sequence, in brackets if `flow`; End must follow.
  bool BeginSequence(size_t mark, const std::string& tag, size_t anchor,
                     bool flow);
  // Begins a mapping, in braces if `flow`; keys and values follow in turn, then
  // End.
  bool BeginMapping(size_t mark, const std::string& tag, size_t anchor,
                    bool flow);
  // Ends the innermost open sequence or mapping. Reports duplicate keys and
  // resolves merge keys.
  bool End();

  // Returns the document's node; null until it is complete.
  const Node* root() const { return root_; }
  // Returns the bracket of the innermost flow collection that is still open;
  // empty outside of one.
  Span OpenBracket() const;

 private:
  struct Frame {
    bool mapping;
    bool flow;
    bool has_key = false;
    bool key_is_bad = false;
    bool had_bad_key = false;
    bool has_merge = false;
    // A pair in a list, `[a: b]`: a mapping without brackets.
    bool is_pair = false;
    Style key_style = Style::kPlain;
    uint32_t begin;
    int column;         // of a block collection
    uint32_t last_end;  // where the last child ends
    size_t anchor;
    size_t first_child;  // in entries_ or items_
    uint64_t size = 1;   // nodes at and below it, those of aliases included
    absl::string_view key;
    Span key_span;
  };
  // Adds a child of the innermost frame, or the root.
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
  using Keys = HashSet<absl::string_view>;
  // Adds the entries of `source` whose keys are not in `present`, which it
  // extends.
  void AddMerged(const Entry& merge, const Node& source, Keys& present);

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
