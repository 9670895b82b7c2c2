// The build context as COPY looks at it: by path, through symlinks, by
// wildcard.
#ifndef OVENBIRD_RUNTIME_REWRITE_CONTEXT_TREE_H_
#define OVENBIRD_RUNTIME_REWRITE_CONTEXT_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"

namespace ovenbird::rewrite {

// A view of a listing. Needs no memory of its own: paths are searched for in
// the listing's order.
class ContextTree {
 public:
  static constexpr uint32_t kTop = context::Entry::kTop;

  // `listing` must outlive it.
  explicit ContextTree(const context::Listing* listing) : listing_(*listing) {}

  // A source of COPY.
  struct Found {
    // kTop: the context itself.
    uint32_t entry = kTop;
    // A symlink was on the way, or was named.
    bool through_link = false;
  };

  // Returns what the path leads to. Symlinks are followed as in a root folder:
  // nothing leads out of the context. nullopt: there is no such path.
  // `path` is relative and clean; "" is the context itself.
  std::optional<Found> Follow(absl::string_view path) const;

  // True if a symlink is on the way of a path, or is named by it.
  bool HasLink(absl::string_view path) const;

  // Returns the paths that a pattern of COPY matches, in order. Symlinks before
  // the first wildcard are followed.
  std::vector<std::string> Expand(absl::string_view pattern) const;

  bool IsFolder(uint32_t entry) const {
    return entry == kTop || listing_[entry].type == context::EntryType::kFolder;
  }
  // Entries in the folder, in order.
  std::vector<uint32_t> Children(uint32_t folder) const;
  // The entries below the folder are those from FirstBelow to EndOf.
  uint32_t FirstBelow(uint32_t folder) const {
    return folder == kTop ? 0 : folder + 1;
  }
  uint32_t EndOf(uint32_t entry) const;
  // "" for the context itself.
  std::string Path(uint32_t entry) const {
    return entry == kTop ? "" : listing_.Path(entry);
  }
  const context::Listing& listing() const { return listing_; }

 private:
  // `folder` is not the context itself.
  bool IsBelow(uint32_t entry, uint32_t folder) const;
  // The child of that name; nullopt.
  std::optional<uint32_t> Child(uint32_t folder, absl::string_view name) const;
  void Expand(uint32_t folder, const std::vector<std::string>& parts,
              size_t part, std::vector<std::string>& paths) const;

  const context::Listing& listing_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CONTEXT_TREE_H_
