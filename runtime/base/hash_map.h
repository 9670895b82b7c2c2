// Hash tables that survive an exception, which is what memory that runs out is.
//
// Those of Abseil do not: they change their size before they have the memory
// for it, and their destructors crash then. A crash leaves objects in the
// cluster, so tools/doors.txt refuses Abseil's below runtime/.
#ifndef OVENBIRD_RUNTIME_BASE_HASH_MAP_H_
#define OVENBIRD_RUNTIME_BASE_HASH_MAP_H_

#include <cstddef>
#include <functional>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace ovenbird {

// Hashes keys; strings of all types alike, so that tables of std::string can be
// searched with a string_view.
struct KeyHash {
  using is_transparent = void;

  // Returns the hash of a key.
  template <typename Key>
  size_t operator()(const Key& key) const {
    if constexpr (std::is_convertible_v<const Key&, absl::string_view>) {
      return absl::HashOf(absl::string_view(key));
    } else {
      return absl::HashOf(key);
    }
  }
};

// A map without an order. After an exception in a call it is as before.
template <typename Key, typename Value>
using HashMap = std::unordered_map<Key, Value, KeyHash, std::equal_to<>>;

// A set without an order. After an exception in a call it is as before.
template <typename Key>
using HashSet = std::unordered_set<Key, KeyHash, std::equal_to<>>;

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_HASH_MAP_H_
