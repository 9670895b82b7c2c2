// The build context as COPY sees it: by path, through symlinks, by wildcard.
#ifndef OVENBIRD_RUNTIME_REWRITE_CONTEXT_TREE_H_
#define OVENBIRD_RUNTIME_REWRITE_CONTEXT_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"

namespace ovenbird::rewrite {

// A view of a listing. Needs no memory of its own: it finds paths by binary
// search, because a listing is sorted.
class ContextTree {
 public:
  static constexpr uint32_t kTop = context::Entry::kTop;

  // `listing` must outlive it.
  explicit ContextTree(const context::Listing* listing) : listing_(*listing) {}

  // The entry that a path leads to.
  struct Found {
    // kTop: the context itself.
    uint32_t entry = kTop;
    // A symlink was on the way, or was named.
    bool through_link = false;
  };

  // Returns what the path leads to. Symlinks are followed as if the context
  // were the root folder, so that nothing leads out of it. `path` is relative
  // and clean; "" is the context itself. nullopt: no such path, or more than
  // 255 symlinks.
  std::optional<Found> Follow(absl::string_view path) const;

  // Returns whether a symlink is on the way of a path or at its end.
  bool HasLink(absl::string_view path) const;

  // Returns the paths that a pattern of COPY matches, in the listing's order.
  // Symlinks before the first wildcard are followed. A pattern without
  // wildcards is returned as it is, even if no such path exists.
  std::vector<std::string> Expand(absl::string_view pattern) const;

  // Returns whether the entry is a folder; kTop is.
  bool IsFolder(uint32_t entry) const {
    return entry == kTop || listing_[entry].type == context::EntryType::kFolder;
  }
  // Returns the entries directly in the folder, in the listing's order.
  std::vector<uint32_t> Children(uint32_t folder) const;
  // Returns the index of the first entry below the folder. The entries below it
  // are those from FirstBelow() to EndOf(), exclusive.
  uint32_t FirstBelow(uint32_t folder) const {
    return folder == kTop ? 0 : folder + 1;
  }
  // Returns the index after the entry and everything below it.
  uint32_t EndOf(uint32_t entry) const;
  // Returns the entry's path in the context; "" for the context itself.
  std::string Path(uint32_t entry) const {
    return entry == kTop ? "" : listing_.Path(entry);
  }
  const context::Listing& listing() const { return listing_; }

 private:
  // Returns whether the entry is the folder or below it. `folder` is not kTop.
  bool IsBelow(uint32_t entry, uint32_t folder) const;
  // Returns the entry of that name in the folder; nullopt if it has none.
  std::optional<uint32_t> Child(uint32_t folder, absl::string_view name) const;
  // Appends the paths below the folder that match parts[part] and what follows.
  void Expand(uint32_t folder, const std::vector<std::string>& parts,
              size_t part, std::vector<std::string>& paths) const;

  const context::Listing& listing_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CONTEXT_TREE_H_
