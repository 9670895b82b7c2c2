#include "runtime/rewrite/context_tree.h"

#include <algorithm>
#include <deque>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/context/file_records.h"
#include "runtime/context/glob.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using context::Glob;

// As in BuildKit: a loop of symlinks leads nowhere.
constexpr int kMaxLinks = 255;

std::deque<std::string> Parts(absl::string_view path) {
  std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  return {parts.begin(), parts.end()};
}

bool HasWildcard(absl::string_view part) {
  return part.find_first_of("*?[") != part.npos;
}

// `**` matches what `*` matches: names have no slash.
std::string OneStar(absl::string_view part) {
  std::string result;
  for (const char c : part) {
    if (c == '*' && !result.empty() && result.back() == '*') continue;
    result += c;
  }
  return result;
}

}  // namespace

uint32_t ContextTree::EndOf(uint32_t entry) const {
  const auto size = static_cast<uint32_t>(listing_.size());
  if (entry == kTop) return size;
  if (!IsFolder(entry)) return entry + 1;
  uint32_t low = entry + 1, high = size;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (IsBelow(middle, entry)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool ContextTree::IsBelow(uint32_t entry, uint32_t folder) const {
  while (entry != kTop && entry > folder) entry = listing_[entry].parent;
  return entry == folder;
}

std::vector<uint32_t> ContextTree::Children(uint32_t folder) const {
  std::vector<uint32_t> children;
  const uint32_t end = EndOf(folder);
  for (uint32_t i = FirstBelow(folder); i < end; i = EndOf(i)) {
    children.push_back(i);
  }
  return children;
}

std::optional<uint32_t> ContextTree::Child(uint32_t folder,
                                           absl::string_view name) const {
  const std::string path = folder == kTop
                               ? std::string(name)
                               : absl::StrCat(listing_.Path(folder), "/", name);
  uint32_t low = FirstBelow(folder);
  auto high = static_cast<uint32_t>(listing_.size());
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = context::ComparePaths(listing_.Path(middle), path);
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<ContextTree::Found> ContextTree::Follow(
    absl::string_view path) const {
  std::deque<std::string> todo = Parts(path);
  std::vector<uint32_t> way;  // Folders from the top on.
  Found found;
  int links = 0;
  while (!todo.empty()) {
    const std::string part = std::move(todo.front());
    todo.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      if (!way.empty()) way.pop_back();
      continue;
    }
    const uint32_t folder = way.empty() ? kTop : way.back();
    if (!IsFolder(folder)) return std::nullopt;
    const std::optional<uint32_t> child = Child(folder, part);
    if (!child) return std::nullopt;
    if (listing_[*child].type != EntryType::kSymlink) {
      way.push_back(*child);
      continue;
    }
    if (++links > kMaxLinks) return std::nullopt;
    found.through_link = true;
    const absl::string_view target = listing_.LinkTarget(*child);
    if (!target.empty() && target[0] == '/') way.clear();
    std::deque<std::string> more = Parts(target);
    todo.insert(todo.begin(), more.begin(), more.end());
  }
  if (!way.empty()) found.entry = way.back();
  return found;
}

bool ContextTree::HasLink(absl::string_view path) const {
  uint32_t at = kTop;
  for (const std::string& part : Parts(path)) {
    if (!IsFolder(at)) return false;
    const std::optional<uint32_t> child = Child(at, part);
    if (!child) return false;
    at = *child;
    if (listing_[at].type == EntryType::kSymlink) return true;
  }
  return false;
}

void ContextTree::Expand(uint32_t folder, const std::vector<std::string>& parts,
                         size_t part, std::vector<std::string>& paths) const {
  const bool last = part + 1 == parts.size();
  absl::StatusOr<Glob> glob = Glob::Compile(OneStar(parts[part]));
  if (!glob.ok()) return;
  for (const uint32_t child : Children(folder)) {
    if (!glob->Match(listing_.Name(child))) continue;
    if (last) {
      paths.push_back(listing_.Path(child));
    } else if (IsFolder(child)) {
      Expand(child, parts, part + 1, paths);
    }
  }
}

std::vector<std::string> ContextTree::Expand(absl::string_view pattern) const {
  const std::vector<std::string> parts =
      absl::StrSplit(pattern, '/', absl::SkipEmpty());
  const auto wildcard = std::find_if(parts.begin(), parts.end(), HasWildcard);
  std::string fixed;
  for (auto part = parts.begin(); part != wildcard; ++part) {
    absl::StrAppend(&fixed, fixed.empty() ? "" : "/", *part);
  }
  std::vector<std::string> paths;
  if (wildcard == parts.end()) return {fixed};
  const std::optional<Found> folder = Follow(fixed);
  if (!folder || !IsFolder(folder->entry)) return paths;
  Expand(folder->entry, {wildcard, parts.end()}, 0, paths);
  return paths;
}

}  // namespace ovenbird::rewrite
