#include "runtime/rewrite/cache_names.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"
#include "runtime/context/door.h"
#include "runtime/context/listing.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::Word;

void AppendBelow(const ContextTree& tree, uint32_t folder, std::string& names) {
  context::PathCursor paths(tree.listing());
  const uint32_t end = tree.EndOf(folder);
  for (uint32_t i = tree.FirstBelow(folder); i < end; ++i) {
    absl::StrAppend(&names, paths.At(i), "\n");
  }
}

// The names that the instruction's text does not have, one a line.
std::string NamesOf(const Site& site, const Instruction& copy) {
  const ContextTree tree(site.request.listing);
  const std::optional<CopySources> sources = ReadSources(site, tree, copy);
  std::string names;
  if (!sources) {
    // It may be any file.
    AppendBelow(tree, ContextTree::kTop, names);
    return names;
  }
  for (const Item& item : sources->items) {
    if (sources->wildcard) absl::StrAppend(&names, item.path, "\n");
    if (tree.IsFolder(item.entry)) AppendBelow(tree, item.entry, names);
  }
  return names;
}

bool IsCopy(const Instruction& instruction) {
  return (instruction.keyword == "COPY" || instruction.keyword == "ADD") &&
         instruction.words.size() >= 2 && instruction.heredocs.empty();
}

// A layer that is taken from the cache may come after the instruction.
bool Matters(const Site& site, const Instruction& copy) {
  if (CachesCopies(site) || site.earlier.bases.count(site.stage.index) > 0) {
    return true;
  }
  return std::any_of(
      site.stage.instructions.begin(), site.stage.instructions.end(),
      [&](const Instruction& other) {
        return other.span.begin > copy.span.begin &&
               (other.keyword == "RUN" || other.keyword == "WORKDIR");
      });
}

// Returns the stage that is copied from, among those that are sent; -1.
int SourceStage(const Site& site, const Instruction& copy) {
  const dockerfile::Flag* from = copy.FindFlag("from");
  if (from == nullptr || !from->value) return -1;
  const auto name = KnownValue(site.before.scope, *from->value);
  return name ? StageOfFrom(*site.request.dockerfile, *name, site.stage.index)
              : -1;
}

// Our own folder's name has a hash of its names already.
bool CanTakeNames(const Word& source) {
  const std::string own = absl::StrCat(context::kOwnFolder, "/");
  return !IsRemote(source.text) &&
         !absl::StrContains(source.text, context::ThroughDoorOf(own));
}

// Returns whether a source can take them.
bool PutInto(const std::string& names, Instruction& copy) {
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    std::string& source = copy.words[i].text;
    if (!CanTakeNames(copy.words[i])) continue;
    const bool rooted = absl::StartsWith(source, "/");
    source = absl::StrCat(rooted ? "/" : "", "names-",
                          ToHex(Sha256Of(names)).substr(0, 12), "/..",
                          rooted ? "" : "/", source);
    return true;
  }
  return false;
}

}  // namespace

bool CachesCopies(const Site& site) {
  // Older ones always do.
  return site.request.cache && (site.request.caches_copies ||
                                site.request.executor->IsBefore({1, 4, 0}));
}

void AddNames(const Site& site, Draft& draft) {
  if (!site.request.cache || site.request.listing == nullptr) return;
  const Instruction& original = draft.original();
  if (!IsCopy(original)) return;
  std::string names;
  if (original.FindFlag("from") == nullptr) {
    names = NamesOf(site, original);
  } else if (const int stage = SourceStage(site, original); stage >= 0) {
    names = site.earlier.names[stage];
  }
  if (names.empty()) return;
  absl::StrAppend(&site.earlier.names[site.stage.index], names);
  if (!Matters(site, original)) return;
  bool changed = false;
  for (Instruction& sent : draft.instructions) {
    if (!IsCopy(sent)) continue;
    changed = PutInto(names, sent) || changed;
  }
  if (changed)
    draft.Because("the executor's cache key does not contain file names");
}

}  // namespace ovenbird::rewrite
