// The located YAML tree: every node knows the bytes of the file it was read
// from. Nodes live in their Document's arena and are cheap to copy by pointer;
// variables and profiles make new nodes in the same arena (yaml/edit.h).
#ifndef OVENBIRD_RUNTIME_YAML_NODE_H_
#define OVENBIRD_RUNTIME_YAML_NODE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"

namespace ovenbird::yaml {

enum class Kind : uint8_t { kNull, kScalar, kSequence, kMapping };

// How a scalar was written: plain ones are typed by their text (5, true, ~),
// quoted and block ones are strings.
enum class Style : uint8_t { kPlain, kQuoted, kBlock };

struct Entry;

// Where a value came from when it is not what stands at its span: a variable
// or a profile. Shown as a note of each diagnostic about the value.
struct Origin {
  absl::string_view text;  // "value of variable `TAG` from the environment"
  Span span;               // may be empty
};

struct Node {
  Kind kind = Kind::kNull;
  Style style = Style::kPlain;
  // The value's own bytes; for a missing value (`key:`) those of the key. For an alias: the alias.
  Span span;
  // Text of a scalar, unescaped.
  absl::string_view scalar;
  absl::Span<const Node* const> items;  // kSequence
  absl::Span<const Entry> entries;      // kMapping, in the file's order; keys are unique
  // Null for what stands literally in the file.
  const Origin* origin = nullptr;
  // For an alias (*name): the span of the anchored value it stands for.
  Span anchor;

  // The value of `key` in a mapping; null when it is not there.
  const Node* Find(absl::string_view key) const;
  bool is_null() const { return kind == Kind::kNull; }
};

struct Entry {
  absl::string_view key;
  Span key_span;
  Style key_style = Style::kPlain;
  const Node* value = nullptr;
};

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_NODE_H_
