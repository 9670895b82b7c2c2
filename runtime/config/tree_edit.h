// Small edits of located trees: each returns a changed copy of one sequence or
// mapping, which shares the children.
#ifndef OVENBIRD_RUNTIME_CONFIG_TREE_EDIT_H_
#define OVENBIRD_RUNTIME_CONFIG_TREE_EDIT_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// Returns the index that `text` names in a list of `size` items; nullopt if it
// has anything but decimal digits or is not less than `size`.
std::optional<size_t> ListIndex(absl::string_view text, size_t size);

// Returns the child at a key or an index; null if it does not exist.
const yaml::Node* ChildAt(const yaml::Node& node, absl::string_view step);

// Returns `node` with another child at `step`, which must exist.
const yaml::Node* WithChild(const yaml::Node& node, absl::string_view step,
                            const yaml::Node* child, yaml::Arena& arena);
// Returns the mapping with the key set; a new key comes last, with the span
// `key_span`.
const yaml::Node* WithKey(const yaml::Node& mapping, absl::string_view key,
                          Span key_span, const yaml::Node* value,
                          yaml::Arena& arena);
// Returns the list with an item inserted before `index` (at most the list's
// size).
const yaml::Node* WithInserted(const yaml::Node& list, size_t index,
                               const yaml::Node* item, yaml::Arena& arena);
// Returns `node` without the child at `step`, which must exist.
const yaml::Node* WithoutChild(const yaml::Node& node, absl::string_view step,
                               yaml::Arena& arena);

// Returns whether two trees have the same value: kinds, keys in any order,
// items, and scalars by their meaning (0x10 and 16 are equal, 16 and "16" are
// not).
bool HaveSameValue(const yaml::Node& a, const yaml::Node& b);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_TREE_EDIT_H_
