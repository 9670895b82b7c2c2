#include "runtime/rewrite/copied_hard_links.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_copy.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/link_targets.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

// A RUN of our own stays readable.
constexpr size_t kMaxCommands = 50;

using Names = std::vector<std::string>;

// The files that the source takes by several names each, in one folder:
// BuildKit copies what a wildcard matches one by one.
std::vector<Names> LinksOf(const ContextTree& tree,
                           const ContextSource& source) {
  const std::string relative = source.path.substr(1);
  Names paths = {relative};
  if (HasWildcard(relative)) paths = tree.Expand(relative);
  std::vector<Names> links;
  for (const std::string& path : paths) {
    const auto found = tree.Follow(path);
    if (!found || !tree.IsFolder(found->entry)) continue;
    std::map<std::pair<uint64_t, uint64_t>, Names> files;
    const uint32_t end = tree.EndOf(found->entry);
    for (uint32_t i = tree.FirstBelow(found->entry); i < end; ++i) {
      const context::Entry& file = tree.listing()[i];
      if (!file.many_links) continue;
      files[{file.device, file.inode}].push_back(
          absl::StrCat("/", tree.Path(i)));
    }
    for (auto& [file, names] : files) {
      if (names.size() > 1) links.push_back(std::move(names));
    }
  }
  return links;
}

// Appends what links the copies again; false: their paths are not known.
bool AppendLinking(const Site& site, const Instruction& copy,
                   const ContextSource& source, const Names& names,
                   std::vector<std::string>& commands) {
  std::string first;
  for (const std::string& name : names) {
    const auto arrival = ArrivalOf(site, copy, source, name);
    if (!arrival || !IsPlainPath(*arrival)) return false;
    if (first.empty()) {
      first = *arrival;
      commands.push_back(Touch("", {first}));
    } else {
      commands.push_back(absl::StrCat("ln -f ", first, " ", *arrival));
    }
  }
  return commands.size() <= kMaxCommands;
}

// The files of earlier layers that symlinks of the source lead to.
Names TargetsIn(const Site& site, const Instruction& copy,
                const ContextTree& tree, const ContextSource& source) {
  const std::string relative = source.path.substr(1);
  Names targets;
  std::optional<LinkTargets> finder;
  for (const std::string& path :
       HasWildcard(relative) ? tree.Expand(relative) : Names{relative}) {
    const auto found = tree.Follow(path);
    if (!found || !tree.IsFolder(found->entry)) continue;
    const uint32_t end = tree.EndOf(found->entry);
    for (uint32_t i = tree.FirstBelow(found->entry); i < end; ++i) {
      if (tree.listing()[i].type != context::EntryType::kSymlink) continue;
      const auto arrival =
          ArrivalOf(site, copy, source, absl::StrCat("/", tree.Path(i)));
      if (!arrival) continue;
      if (!finder) finder.emplace(site);
      auto target =
          finder->Find(*arrival, std::string(tree.listing().LinkTarget(i)));
      if (target && !absl::c_linear_search(targets, *target)) {
        targets.push_back(std::move(*target));
      }
    }
  }
  return targets;
}

}  // namespace

void KeepCopiedNames(const Site& site, Draft& draft) {
  if (site.request.listing == nullptr) return;
  const Instruction& copy = draft.original();
  const ContextTree tree(site.request.listing);
  std::vector<std::string> commands;
  bool known = true;
  const dockerfile::Word* word = nullptr;
  Names shown;
  for (const ContextSource& source : ContextSourcesOf(site, copy)) {
    for (Names& names : LinksOf(tree, source)) {
      known = known && AppendLinking(site, copy, source, names, commands);
      if (word == nullptr) shown = std::move(names);
      if (word == nullptr) word = source.word;
    }
  }
  if (word == nullptr) return;
  if (known && copy.FindFlag("exclude") == nullptr &&
      CanRunAsRoot(site, {"ln", "sleep", "touch"})) {
    draft.instructions.push_back(
        MakeInstruction("RUN", absl::StrJoin(commands, " && ")));
    draft.Because("kaniko copies hard links as separate files");
    return;
  }
  site.Report(word->span,
              absl::StrCat("copies the hard links `", shown[0].substr(1),
                           "` and `", shown[1].substr(1), "` as two files"),
              "make one of them a symlink, or run ln after this instruction");
}

void KeepNamesOfTargets(const Site& site, Draft& draft) {
  if (site.request.listing == nullptr) return;
  const Instruction& copy = draft.original();
  const ContextTree tree(site.request.listing);
  Names targets;
  const dockerfile::Word* word = nullptr;
  for (const ContextSource& source : ContextSourcesOf(site, copy)) {
    for (std::string& target : TargetsIn(site, copy, tree, source)) {
      targets.push_back(std::move(target));
      if (word == nullptr) word = source.word;
    }
  }
  if (word == nullptr) return;
  if (absl::c_all_of(targets, IsPlainPath) &&
      CanRunAsRoot(site, {"sleep", "touch"})) {
    draft.instructions.push_back(MakeInstruction("RUN", Touch("-c ", targets)));
    draft.Because("kaniko keeps a hard link only to a file of the same layer");
    return;
  }
  ReportSeparated(site, word->span, targets[0]);
}

}  // namespace ovenbird::rewrite
