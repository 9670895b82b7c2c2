#include "runtime/rewrite/odd_folders.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

std::string LastPart(const std::string& path) {
  return path.substr(path.rfind('/'));
}

bool Takes(const std::string& source, const std::string& path) {
  return HasWildcard(source) ? Below(source, path) == "" : source == path;
}

// Returns the first such folder that a COPY brings to the stage.
std::string FindIn(const ContextTree& tree, const StageChange& copy,
                   const std::string& source) {
  for (const std::string& from : *copy.sources) {
    const auto top = tree.Follow(from);
    if (!top || !tree.IsFolder(top->entry)) continue;
    if (MissesItself(*copy.path) && Takes(source, *copy.path)) {
      return *copy.path;
    }
    const std::string folder = tree.Path(top->entry);
    const size_t skip = folder.empty() ? 0 : folder.size() + 1;
    const std::string target = *copy.path == "/" ? "" : *copy.path;
    context::PathCursor paths(tree.listing());
    const uint32_t end = tree.EndOf(top->entry);
    for (uint32_t i = tree.FirstBelow(top->entry); i < end; ++i) {
      if (!tree.IsFolder(i)) continue;
      const std::string path =
          absl::StrCat(target, "/", paths.At(i).substr(skip));
      if (MissesItself(path) && Takes(source, path)) return path;
    }
  }
  return "";
}

bool HasNameOf(const context::Listing& listing, const std::string& source) {
  const std::string pattern = LastPart(source);
  for (uint32_t i = 0; i < listing.size(); ++i) {
    if (listing[i].type != context::EntryType::kFolder) continue;
    const std::string name = absl::StrCat("/", listing.Name(i));
    if (MissesItself(name) && Takes(pattern, name)) return true;
  }
  return false;
}

}  // namespace

OddFolders FindOddFolders(const context::Listing* listing,
                          const StageState& end, const std::string& source) {
  OddFolders folders;
  if (listing == nullptr || !(HasWildcard(source) || MissesItself(source))) {
    return folders;
  }
  const ContextTree tree(listing);
  bool copies = false;
  bool runs = false;
  for (const StageChange& change : end.changes) {
    runs = runs || change.kind == StageChange::kRun;
    if (change.kind != StageChange::kCopy) continue;
    copies = true;
    if (change.path && change.sources && folders.found.empty()) {
      folders.found = FindIn(tree, change, source);
    }
  }
  folders.may_be_made = copies && runs && HasNameOf(*listing, source);
  return folders;
}

// The order stays: a later folder's files replace those of an earlier one.
std::string CopyWithPlainNames(const std::vector<std::string>& patterns,
                               absl::string_view folder) {
  return absl::StrCat("mkdir -p ", folder, "; n=1000; for p in ",
                      absl::StrJoin(patterns, " "),
                      "; do n=$((n+1)); if [ -d \"$p\" ]; then t=", folder,
                      "/.ovenbird-$n; cp -RpH \"$p\" $t || cp -Rp \"$p\" $t; "
                      "elif [ -e \"$p\" ]; then cp -p \"$p\" ",
                      folder, "/; fi; done || true");
}

}  // namespace ovenbird::rewrite
