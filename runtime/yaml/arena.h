// Makes and owns the nodes and the strings of located YAML trees.
#ifndef OVENBIRD_RUNTIME_YAML_ARENA_H_
#define OVENBIRD_RUNTIME_YAML_ARENA_H_

#include <memory_resource>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// Everything that an arena makes lives as long as the arena; nothing is freed
// before. The source files that spans and strings point into must outlive it,
// too. Not thread-safe.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Returns a null node.
  const Node* Null(Span span);
  // Returns a scalar. `text` is kept by reference: a view into the source, or
  // of Copy().
  const Node* Scalar(Span span, absl::string_view text, Style style);
  // Returns a sequence; the list itself is copied, its nodes are shared.
  const Node* Sequence(Span span, absl::Span<const Node* const> items);
  // Returns a mapping; the list itself is copied, its nodes and keys are
  // shared.
  const Node* Mapping(Span span, absl::Span<const Entry> entries);

  // Returns `target` as it is seen through the alias at `span`.
  const Node* Alias(Span span, const Node& target);
  // Returns the same node (children are shared) with one more origin, before
  // its other origins.
  const Node* WithOrigin(const Node& node, absl::string_view text, Span span);
  // Returns a copy of the whole tree, each node with one more origin, before
  // its other origins.
  const Node* WithOriginBelow(const Node& node, absl::string_view text,
                              Span span);
  // Returns a sequence in place of `node`: its span, anchor and origin stay.
  const Node* WithItems(const Node& node, absl::Span<const Node* const> items);
  // Returns a mapping in place of `node`: its span, anchor and origin stay.
  const Node* WithEntries(const Node& node, absl::Span<const Entry> entries);
  // Returns a scalar in place of `node`: its span, anchor and origin stay.
  // `text` is kept by reference, as in Scalar().
  const Node* WithText(const Node& node, absl::string_view text, Style style);

  // Returns the same node, marked as unknown.
  const Node* AsUnknown(const Node& node);

  // Returns a copy of `text` that lives as long as the arena.
  absl::string_view Copy(absl::string_view text);

 private:
  Node* New(Kind kind, Span span);
  Node* Clone(const Node& node);
  Node* CloneWithExtra(const Node& node, const Node::Extra& extra);
  const Node* PutOrigin(const Node& node, absl::string_view kept_text,
                        Span span);
  const Node* PutOriginBelow(const Node& node, absl::string_view kept_text,
                             Span span);
  template <typename T>
  const T* CopyAll(absl::Span<const T> items);

  std::pmr::monotonic_buffer_resource memory_{16 << 10};
};

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_ARENA_H_
