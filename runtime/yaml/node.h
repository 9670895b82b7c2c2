// The located YAML tree: every node has the span of the file that it was read
// from. An Arena (yaml/arena.h) makes and owns the nodes, which never change
// and are passed by pointer; variables and profiles make new nodes and share
// the rest of the tree. Nodes are small on purpose: a large file has one per
// line.
#ifndef OVENBIRD_RUNTIME_YAML_NODE_H_
#define OVENBIRD_RUNTIME_YAML_NODE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"

namespace ovenbird::yaml {

// The kind of a node.
enum class Kind : uint8_t { kNull, kScalar, kSequence, kMapping };

// How a scalar was written: plain ones are typed by their text (5, true, ~),
// quoted and block ones are strings. See yaml/scalar.h.
enum class Style : uint8_t { kPlain, kQuoted, kBlock };

class Entry;

// The source of a value that is not the text at its span: a variable or a
// profile. Shown as a note of each diagnostic about the value (yaml/at.h).
struct Origin {
  absl::string_view text;  // "value of variable `TAG` from the environment"
  Span span;               // may be empty
  const Origin* next = nullptr;  // an earlier step, for example the profile
};

// One value of the tree.
class Node {
 public:
  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_scalar() const { return kind_ == Kind::kScalar; }
  bool is_sequence() const { return kind_ == Kind::kSequence; }
  bool is_mapping() const { return kind_ == Kind::kMapping; }
  Style style() const { return style_; }

  // Returns the value's own bytes; for a missing value (`key:`) those of the
  // key; for an alias (*name) those of the alias.
  Span span() const { return span_; }
  // Returns the span of the anchored value that an alias refers to; empty for a
  // node that is not an alias.
  Span anchor() const;
  // Returns whether the text lacks the value of a variable, which has been
  // reported: further problems with the text are not worth a message.
  bool is_unknown() const { return is_unknown_; }
  // Returns null for a value that is literally in the file.
  const Origin* origin() const;

  // Returns the unescaped text of a scalar; empty for other kinds.
  absl::string_view scalar() const {
    return is_scalar()
               ? absl::string_view(static_cast<const char*>(data_), size_)
               : absl::string_view();
  }
  // Returns the items of a sequence; empty for other kinds.
  absl::Span<const Node* const> items() const {
    return is_sequence() ? absl::MakeConstSpan(
                               static_cast<const Node* const*>(data_), size_)
                         : absl::Span<const Node* const>();
  }
  // Returns the entries of a mapping, in the file's order, with unique keys;
  // empty for other kinds.
  absl::Span<const Entry> entries() const;

  // Returns the value of `key` in a mapping; null if it has no such key.
  const Node* Find(absl::string_view key) const;
  // Returns the entry of `key` in a mapping; null if it has no such key.
  const Entry* FindEntry(absl::string_view key) const;

 private:
  friend class Arena;
  // What few nodes have.
  struct Extra {
    const Origin* origin = nullptr;
    Span anchor;
  };
  struct WithExtra;

  Node() = default;
  // Only Arena copies nodes: a copy of a WithExtra would lack its extra.
  Node(const Node&) = default;
  Node& operator=(const Node&) = delete;
  // Returns null for a node without it.
  const Extra* extra() const;

  Span span_;
  const void* data_ = nullptr;  // char, const Node* or Entry
  uint32_t size_ = 0;
  Kind kind_ = Kind::kNull;
  Style style_ = Style::kPlain;
  bool is_unknown_ = false;
  bool has_extra_ = false;  // it is a WithExtra
};

static_assert(sizeof(Node) == 32, "a large file has one per line");

// A node with an extra.
struct Node::WithExtra : Node {
  WithExtra(const Node& node, const Extra& of_node)
      : Node(node), extra(of_node) {
    has_extra_ = true;
  }

  Extra extra;
};

// Defined here, where WithExtra is complete.
inline const Node::Extra* Node::extra() const {
  return has_extra_ ? &static_cast<const WithExtra*>(this)->extra : nullptr;
}

// As declared above.
inline Span Node::anchor() const {
  return has_extra_ ? extra()->anchor : Span();
}

// As declared above.
inline const Origin* Node::origin() const {
  return has_extra_ ? extra()->origin : nullptr;
}

// A key with its value. Keys are strings: `5:` and `"5":` are the same key.
class Entry {
 public:
  Entry(absl::string_view key, Span key_span, Style key_style,
        const Node* value)
      : key_(key.data()),
        key_size_(static_cast<uint32_t>(key.size())),
        key_style_(key_style),
        key_span_(key_span),
        value_(value) {}

  absl::string_view key() const { return {key_, key_size_}; }
  Span key_span() const { return key_span_; }
  Style key_style() const { return key_style_; }
  const Node* value() const { return value_; }  // never null

 private:
  const char* key_;
  uint32_t key_size_;
  Style key_style_;
  Span key_span_;
  const Node* value_;
};

// Returns the entries; defined here, where Entry is complete.
inline absl::Span<const Entry> Node::entries() const {
  return is_mapping()
             ? absl::MakeConstSpan(static_cast<const Entry*>(data_), size_)
             : absl::Span<const Entry>();
}

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_NODE_H_
