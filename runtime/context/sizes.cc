#include "runtime/context/sizes.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace ovenbird::context {
namespace {

class Sums {
 public:
  Sums(const Listing& listing, const std::vector<MemoryFile>& files) {
    absl::flat_hash_map<std::string, uint64_t> added;
    for (const MemoryFile& file : files) {
      added.emplace(file.path, file.content.size());
    }
    PathCursor cursor(listing);
    for (size_t i = 0; i < listing.size(); ++i) {
      const bool folder = listing[i].type == EntryType::kFolder;
      PathSize size{std::string(cursor.At(i)), 0, 0};
      if (folder) {
        size.path += '/';
      } else {
        const auto replaced = added.find(size.path);
        const bool is_replaced = replaced != added.end();
        size.files = 1;
        size.bytes = is_replaced                           ? replaced->second
                     : listing[i].type == EntryType::kFile ? listing[i].size
                                                           : 0;
        if (is_replaced) added.erase(replaced);
      }
      nodes_.push_back({std::move(size), listing[i].parent});
    }
    for (const auto& [path, size] : added) {
      nodes_.push_back({{path, size, 1}, Entry::kTop});
    }
    // A folder comes before what is in it.
    for (size_t i = nodes_.size(); i-- > 0;) {
      if (nodes_[i].parent == Entry::kTop) continue;
      PathSize& parent = nodes_[nodes_[i].parent].size;
      parent.bytes += nodes_[i].size.bytes;
      parent.files += nodes_[i].size.files;
    }
    SortChildren();
  }

  void Append(uint32_t folder, bool deep, std::vector<PathSize>& out) const {
    const auto found = children_.find(folder);
    if (found == children_.end()) return;
    for (const uint32_t child : found->second) {
      out.push_back(nodes_[child].size);
      if (deep) Append(child, deep, out);
    }
  }

 private:
  struct Node {
    PathSize size;
    uint32_t parent;
  };

  void SortChildren() {
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      children_[nodes_[i].parent].push_back(i);
    }
    for (auto& [folder, children] : children_) {
      std::sort(children.begin(), children.end(), [&](uint32_t a, uint32_t b) {
        const PathSize& left = nodes_[a].size;
        const PathSize& right = nodes_[b].size;
        return left.bytes != right.bytes ? left.bytes > right.bytes
                                         : left.path < right.path;
      });
    }
  }

  std::vector<Node> nodes_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> children_;
};

}  // namespace

std::vector<PathSize> SumSizes(const Listing& listing,
                               const std::vector<MemoryFile>& files,
                               bool deep) {
  std::vector<PathSize> sizes;
  Sums(listing, files).Append(Entry::kTop, deep, sizes);
  return sizes;
}

}  // namespace ovenbird::context
