#include "runtime/context/sizes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/hash_map.h"

namespace ovenbird::context {
namespace {

PathSize SizeOf(std::string path, const Entry& entry) {
  if (entry.type == EntryType::kFolder) return {path + "/", 0, 0};
  const bool has_content = entry.type == EntryType::kFile;
  return {std::move(path), has_content ? entry.size : 0, 1};
}

PathSize SizeOf(const MemoryFile& file) {
  if (!file.link_target.empty()) return {file.path, 0, 1};
  if (file.folder) return {file.path + "/", 0, 0};
  return {file.path, file.content.size(), 1};
}

class Sums {
 public:
  Sums(const Listing& listing, const std::vector<MemoryFile>& files) {
    HashMap<std::string, PathSize> added;
    // By the path that is copied.
    HashMap<std::string, std::vector<std::string>> copies;
    for (const MemoryFile& file : files) {
      if (file.copy_of.empty()) {
        added.emplace(file.path, SizeOf(file));
      } else {
        copies[file.copy_of].push_back(file.path);
      }
    }
    PathCursor cursor(listing);
    for (size_t i = 0; i < listing.size(); ++i) {
      const std::string path(cursor.At(i));
      PathSize size = SizeOf(path, listing[i]);
      const auto replaced = added.find(path);
      if (replaced != added.end() && listing[i].type != EntryType::kFolder) {
        size = replaced->second;
        added.erase(replaced);
      }
      nodes_.push_back({std::move(size), listing[i].parent});
      const auto copied = copies.find(path);
      if (copied == copies.end()) continue;
      for (const std::string& copy : copied->second) {
        added.emplace(copy, SizeOf(copy, listing[i]));
      }
    }
    for (const auto& [path, size] : added) {
      nodes_.push_back({size, Entry::kTop});
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
  HashMap<uint32_t, std::vector<uint32_t>> children_;
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
