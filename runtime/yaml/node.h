// The located YAML tree: every node knows the bytes of the file it was read
// from. Nodes are made by an Arena (yaml/arena.h), live in it, never change and
// are passed by pointer; variables and profiles make new nodes and share the
// rest of the tree. Small on purpose: a large file has a node per line.
#ifndef OVENBIRD_RUNTIME_YAML_NODE_H_
#define OVENBIRD_RUNTIME_YAML_NODE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"

namespace ovenbird::yaml {

enum class Kind : uint8_t { kNull, kScalar, kSequence, kMapping };

// How a scalar was written: plain ones are typed by their text (5, true, ~),
// quoted and block ones are strings. See yaml/scalar.h.
enum class Style : uint8_t { kPlain, kQuoted, kBlock };

class Entry;

// Where a value came from when it is not what stands at its span: a variable
// or a profile. Shown as a note of each diagnostic about the value (yaml/at.h).
struct Origin {
  absl::string_view text;  // "value of variable `TAG` from the environment"
  Span span;               // may be empty
  const Origin* next = nullptr;  // an earlier step, for example the profile
};

class Node {
 public:
  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_scalar() const { return kind_ == Kind::kScalar; }
  bool is_sequence() const { return kind_ == Kind::kSequence; }
  bool is_mapping() const { return kind_ == Kind::kMapping; }
  Style style() const { return style_; }

  // The value's own bytes; for a missing value (`key:`) those of the key. For
  // an alias (*name): the alias.
  Span span() const { return span_; }
  // For an alias: the span of the anchored value it stands for; else empty.
  Span anchor() const { return extra_ ? extra_->anchor : Span(); }
  // The text lacks the value of a variable, which is reported: nothing that is
  // wrong with the text is worth a word.
  bool is_unknown() const { return is_unknown_; }
  // Null for what stands literally in the file.
  const Origin* origin() const { return extra_ ? extra_->origin : nullptr; }

  // Text of a scalar, unescaped; empty for other kinds.
  absl::string_view scalar() const {
    return is_scalar()
               ? absl::string_view(static_cast<const char*>(data_), size_)
               : absl::string_view();
  }
  // Of a sequence; empty for other kinds.
  absl::Span<const Node* const> items() const {
    return is_sequence() ? absl::MakeConstSpan(
                               static_cast<const Node* const*>(data_), size_)
                         : absl::Span<const Node* const>();
  }
  // Of a mapping, in the file's order, keys are unique; empty for other kinds.
  absl::Span<const Entry> entries() const;

  // The value of `key` in a mapping; null when it is not there.
  const Node* Find(absl::string_view key) const;
  const Entry* FindEntry(absl::string_view key) const;

 private:
  friend class Arena;
  struct Extra {
    const Origin* origin = nullptr;
    Span anchor;
  };

  Node() = default;

  Span span_;
  const void* data_ = nullptr;  // char, const Node* or Entry
  uint32_t size_ = 0;
  Kind kind_ = Kind::kNull;
  Style style_ = Style::kPlain;
  bool is_unknown_ = false;
  const Extra* extra_ = nullptr;
};

// A key with its value. Keys are texts: `5:` and `"5":` are the same key.
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

inline absl::Span<const Entry> Node::entries() const {
  return is_mapping()
             ? absl::MakeConstSpan(static_cast<const Entry*>(data_), size_)
             : absl::Span<const Entry>();
}

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_NODE_H_
