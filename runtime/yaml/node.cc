#include "runtime/yaml/node.h"

#include <algorithm>

namespace ovenbird::yaml {

const Entry* Node::FindEntry(absl::string_view key) const {
  const absl::Span<const Entry> all = entries();
  const auto found =
      std::find_if(all.begin(), all.end(),
                   [key](const Entry& entry) { return entry.key() == key; });
  return found == all.end() ? nullptr : &*found;
}

const Node* Node::Find(absl::string_view key) const {
  const Entry* entry = FindEntry(key);
  return entry ? entry->value() : nullptr;
}

}  // namespace ovenbird::yaml
