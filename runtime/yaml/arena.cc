#include "runtime/yaml/arena.h"

#include <cstring>
#include <type_traits>
#include <vector>

namespace ovenbird::yaml {

Node* Arena::New(Kind kind, Span span) {
  static_assert(std::is_trivially_destructible_v<Node>);
  Node* node = new (memory_.allocate(sizeof(Node), alignof(Node))) Node();
  node->kind_ = kind;
  node->span_ = span;
  return node;
}

template <typename T>
const T* Arena::CopyAll(absl::Span<const T> items) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (items.empty()) return nullptr;
  const size_t size = items.size() * sizeof(T);
  void* copy = memory_.allocate(size, alignof(T));
  std::memcpy(copy, items.data(), size);
  return static_cast<const T*>(copy);
}

Node* Arena::Clone(const Node& node) {
  if (node.has_extra_) return CloneWithExtra(node, *node.extra());
  return new (memory_.allocate(sizeof(Node), alignof(Node))) Node(node);
}

Node* Arena::CloneWithExtra(const Node& node, const Node::Extra& extra) {
  using Copy = Node::WithExtra;
  static_assert(std::is_trivially_destructible_v<Copy>);
  return new (memory_.allocate(sizeof(Copy), alignof(Copy))) Copy(node, extra);
}

const Node* Arena::Null(Span span) { return New(Kind::kNull, span); }

const Node* Arena::Scalar(Span span, absl::string_view text, Style style) {
  Node* node = New(Kind::kScalar, span);
  node->data_ = text.data();
  node->size_ = static_cast<uint32_t>(text.size());
  node->style_ = style;
  return node;
}

const Node* Arena::Sequence(Span span, absl::Span<const Node* const> items) {
  Node* node = New(Kind::kSequence, span);
  node->data_ = CopyAll(items);
  node->size_ = static_cast<uint32_t>(items.size());
  return node;
}

const Node* Arena::Mapping(Span span, absl::Span<const Entry> entries) {
  Node* node = New(Kind::kMapping, span);
  node->data_ = CopyAll(entries);
  node->size_ = static_cast<uint32_t>(entries.size());
  return node;
}

const Node* Arena::Alias(Span span, const Node& target) {
  Node* node = CloneWithExtra(target, {target.origin(), target.span()});
  node->span_ = span;
  return node;
}

const Node* Arena::PutOrigin(const Node& node, absl::string_view kept_text,
                             Span span) {
  const Origin origin = {kept_text, span, node.origin()};
  return CloneWithExtra(
      node, {CopyAll(absl::MakeConstSpan(&origin, 1)), node.anchor()});
}

const Node* Arena::WithOrigin(const Node& node, absl::string_view text,
                              Span span) {
  return PutOrigin(node, Copy(text), span);
}

const Node* Arena::PutOriginBelow(const Node& node, absl::string_view kept_text,
                                  Span span) {
  if (node.is_sequence()) {
    std::vector<const Node*> items;
    items.reserve(node.items().size());
    for (const Node* item : node.items()) {
      items.push_back(PutOriginBelow(*item, kept_text, span));
    }
    return PutOrigin(*WithItems(node, items), kept_text, span);
  }
  if (node.is_mapping()) {
    std::vector<Entry> entries;
    entries.reserve(node.entries().size());
    for (const Entry& e : node.entries()) {
      entries.emplace_back(e.key(), e.key_span(), e.key_style(),
                           PutOriginBelow(*e.value(), kept_text, span));
    }
    return PutOrigin(*WithEntries(node, entries), kept_text, span);
  }
  return PutOrigin(node, kept_text, span);
}

const Node* Arena::WithOriginBelow(const Node& node, absl::string_view text,
                                   Span span) {
  return PutOriginBelow(node, Copy(text), span);
}

const Node* Arena::WithItems(const Node& node,
                             absl::Span<const Node* const> items) {
  Node* clone = Clone(node);
  clone->kind_ = Kind::kSequence;
  clone->data_ = CopyAll(items);
  clone->size_ = static_cast<uint32_t>(items.size());
  return clone;
}

const Node* Arena::WithEntries(const Node& node,
                               absl::Span<const Entry> entries) {
  Node* clone = Clone(node);
  clone->kind_ = Kind::kMapping;
  clone->data_ = CopyAll(entries);
  clone->size_ = static_cast<uint32_t>(entries.size());
  return clone;
}

const Node* Arena::WithText(const Node& node, absl::string_view text,
                            Style style) {
  Node* clone = Clone(node);
  clone->kind_ = Kind::kScalar;
  clone->data_ = text.data();
  clone->size_ = static_cast<uint32_t>(text.size());
  clone->style_ = style;
  return clone;
}

const Node* Arena::AsUnknown(const Node& node) {
  Node* clone = Clone(node);
  clone->is_unknown_ = true;
  return clone;
}

absl::string_view Arena::Copy(absl::string_view text) {
  return {CopyAll(absl::MakeConstSpan(text.data(), text.size())), text.size()};
}

}  // namespace ovenbird::yaml
