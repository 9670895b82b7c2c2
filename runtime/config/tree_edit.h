// Small edits of located trees: each gives a changed copy of one sequence or
// mapping and shares its children.
#ifndef OVENBIRD_RUNTIME_CONFIG_TREE_EDIT_H_
#define OVENBIRD_RUNTIME_CONFIG_TREE_EDIT_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// The index that `text` names in a list of `size` items: decimal digits, less
// than `size`.
std::optional<size_t> ListIndex(absl::string_view text, size_t size);

// The child at a key or an index; null when there is none.
const yaml::Node* ChildAt(const yaml::Node& node, absl::string_view step);

// With another child at `step`, which must be there.
const yaml::Node* WithChild(const yaml::Node& node, absl::string_view step,
                            const yaml::Node* child, yaml::Arena& arena);
// A mapping with the key set; a new key comes last, at `key_span`.
const yaml::Node* WithKey(const yaml::Node& mapping, absl::string_view key,
                          Span key_span, const yaml::Node* value,
                          yaml::Arena& arena);
// A list with an item inserted before `index` (at most the list's size).
const yaml::Node* WithInserted(const yaml::Node& list, size_t index,
                               const yaml::Node* item, yaml::Arena& arena);
// Without the child at `step`, which must be there.
const yaml::Node* WithoutChild(const yaml::Node& node, absl::string_view step,
                               yaml::Arena& arena);

// The same value: kinds, keys in any order, items, and scalars by their meaning
// (0x10 and 16 are equal, 16 and "16" are not).
bool HaveSameValue(const yaml::Node& a, const yaml::Node& b);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_TREE_EDIT_H_
