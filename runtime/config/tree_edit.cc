#include "runtime/config/tree_edit.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::config {
namespace {

yaml::Entry WithValue(const yaml::Entry& entry, const yaml::Node* value) {
  return {entry.key(), entry.key_span(), entry.key_style(), value};
}

std::vector<yaml::Entry> EntriesOf(const yaml::Node& node) {
  return {node.entries().begin(), node.entries().end()};
}

std::vector<const yaml::Node*> ItemsOf(const yaml::Node& node) {
  return {node.items().begin(), node.items().end()};
}

std::vector<yaml::Entry>::iterator FindKey(std::vector<yaml::Entry>& entries,
                                           absl::string_view key) {
  return std::find_if(
      entries.begin(), entries.end(),
      [key](const yaml::Entry& entry) { return entry.key() == key; });
}

bool HaveSameScalar(const yaml::Node& a, const yaml::Node& b) {
  return yaml::ResolveScalar(a).type == yaml::ResolveScalar(b).type &&
         yaml::ScalarText(a) == yaml::ScalarText(b);
}

bool HaveSameEntries(const yaml::Node& a, const yaml::Node& b) {
  return a.entries().size() == b.entries().size() &&
         std::all_of(a.entries().begin(), a.entries().end(),
                     [&b](const yaml::Entry& entry) {
                       const yaml::Node* other = b.Find(entry.key());
                       return other && HaveSameValue(*entry.value(), *other);
                     });
}

}  // namespace

std::optional<size_t> ListIndex(absl::string_view text, size_t size) {
  uint64_t index;
  if (text.empty() ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(text, &index) || index >= size) {
    return std::nullopt;
  }
  return index;
}

const yaml::Node* ChildAt(const yaml::Node& node, absl::string_view step) {
  if (!node.is_sequence()) return node.Find(step);
  const std::optional<size_t> index = ListIndex(step, node.items().size());
  return index ? node.items()[*index] : nullptr;
}

const yaml::Node* WithChild(const yaml::Node& node, absl::string_view step,
                            const yaml::Node* child, yaml::Arena& arena) {
  if (node.is_sequence()) {
    std::vector<const yaml::Node*> items = ItemsOf(node);
    items[*ListIndex(step, items.size())] = child;
    return arena.WithItems(node, items);
  }
  std::vector<yaml::Entry> entries = EntriesOf(node);
  const auto entry = FindKey(entries, step);
  *entry = WithValue(*entry, child);
  return arena.WithEntries(node, entries);
}

const yaml::Node* WithKey(const yaml::Node& mapping, absl::string_view key,
                          Span key_span, const yaml::Node* value,
                          yaml::Arena& arena) {
  std::vector<yaml::Entry> entries = EntriesOf(mapping);
  const auto entry = FindKey(entries, key);
  if (entry != entries.end()) {
    *entry = WithValue(*entry, value);
  } else {
    entries.emplace_back(arena.Copy(key), key_span, yaml::Style::kPlain, value);
  }
  return arena.WithEntries(mapping, entries);
}

const yaml::Node* WithInserted(const yaml::Node& list, size_t index,
                               const yaml::Node* item, yaml::Arena& arena) {
  std::vector<const yaml::Node*> items = ItemsOf(list);
  items.insert(items.begin() + static_cast<ptrdiff_t>(index), item);
  return arena.WithItems(list, items);
}

const yaml::Node* WithoutChild(const yaml::Node& node, absl::string_view step,
                               yaml::Arena& arena) {
  if (node.is_sequence()) {
    std::vector<const yaml::Node*> items = ItemsOf(node);
    const size_t index = *ListIndex(step, items.size());
    items.erase(items.begin() + static_cast<ptrdiff_t>(index));
    return arena.WithItems(node, items);
  }
  std::vector<yaml::Entry> entries = EntriesOf(node);
  entries.erase(FindKey(entries, step));
  return arena.WithEntries(node, entries);
}

bool HaveSameValue(const yaml::Node& a, const yaml::Node& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case yaml::Kind::kNull:
      return true;
    case yaml::Kind::kScalar:
      return HaveSameScalar(a, b);
    case yaml::Kind::kMapping:
      return HaveSameEntries(a, b);
    case yaml::Kind::kSequence:
      return std::equal(a.items().begin(), a.items().end(), b.items().begin(),
                        b.items().end(),
                        [](const yaml::Node* x, const yaml::Node* y) {
                          return HaveSameValue(*x, *y);
                        });
  }
  return false;
}

}  // namespace ovenbird::config
