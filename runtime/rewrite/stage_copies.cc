#include "runtime/rewrite/stage_copies.h"

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;

// The mode after --chmod; `mode` if its value is unknown.
uint16_t AfterChmod(const StageChange& copy, uint16_t mode, bool folder) {
  const std::string chmod = copy.chmod.value_or("");
  if (chmod.empty()) return mode;
  if (const auto octal = OctalMode(chmod)) return *octal;
  return ApplyModeWords(chmod, mode, folder).value_or(mode);
}

std::string OwnerOf(const StageChange& copy) {
  return copy.chown && !IsRoot(*copy.chown) ? *copy.chown : "";
}

// A RUN may create files of another owner, or change owners, without naming
// the files.
bool MayHideOwners(const StageChange& run) {
  if (run.user && !IsRootName(*run.user)) return true;
  static const auto& names = *new std::set<std::string>{
      "adduser", "chgrp", "chown", "gosu",  "install", "rsync",
      "su",      "sudo",  "tar",   "umask", "unzip",   "useradd"};
  for (const auto& command : dockerfile::FindShellCommands(run.text, {})) {
    if (names.count(command.name) > 0) return true;
  }
  return false;
}

class CopyReader {
 public:
  CopyReader(const StageState& stage, const context::Listing& listing,
             const std::string& source, StageCopies& found)
      : stage_(stage), tree_(&listing), source_(source), found_(found) {}

  void Read(size_t index) {
    const StageChange& copy = stage_.changes[index];
    for (const std::string& pattern : copy.patterns) {
      for (const std::string& path : tree_.Expand(pattern)) {
        const auto item = tree_.Follow(path);
        if (!item) continue;
        if (tree_.IsFolder(item->entry)) {
          ReadFolder(index, item->entry);
        } else {
          ReadFile(copy, path, item->entry);
        }
      }
    }
  }

 private:
  void Put(const StageChange& copy, const std::string& path, uint32_t entry) {
    if (!Below(source_, path)) return;
    const context::Entry& from = tree_.listing()[entry];
    const bool folder = from.type == EntryType::kFolder;
    found_.files[path] = {from.type, AfterChmod(copy, from.mode, folder),
                          OwnerOf(copy), tree_.Path(entry),
                          std::string(tree_.listing().LinkTarget(entry))};
  }

  void ReadFile(const StageChange& copy, const std::string& path,
                uint32_t entry) {
    const std::string& target = *copy.path;
    if (!copy.into_folder) {
      Put(copy, target, entry);
      return;
    }
    Put(copy,
        absl::StrCat(target == "/" ? "" : target, "/",
                     path.substr(path.rfind('/') + 1)),
        entry);
  }

  // The content arrives in the target.
  void ReadFolder(size_t index, uint32_t folder) {
    const StageChange& copy = stage_.changes[index];
    const std::string& target = *copy.path;
    const std::string begin = absl::StrCat(target == "/" ? "" : target, "/");
    if (target != "/" && Below(source_, target)) PutTarget(index);
    const std::string top = tree_.Path(folder);
    const size_t skip = top.empty() ? 0 : top.size() + 1;
    const bool plain = !HasWildcard(source_);
    context::PathCursor paths(tree_.listing());
    const uint32_t end = tree_.EndOf(folder);
    for (uint32_t i = tree_.FirstBelow(folder); i < end; ++i) {
      const std::string path = absl::StrCat(begin, paths.At(i).substr(skip));
      if (!plain || IsAtOrBelow(path, source_)) Put(copy, path, i);
    }
  }

  // A folder that exists keeps its owner and mode.
  void PutTarget(size_t index) {
    const StageChange& copy = stage_.changes[index];
    const std::string& target = *copy.path;
    bool exists = IsUsualFolder(target);
    for (size_t i = 0; i < index; ++i) {
      const StageChange& before = stage_.changes[i];
      exists = exists || absl::StrContains(before.text, target) ||
               (before.path && before.kind != StageChange::kRun &&
                IsAtOrBelow(*before.path, target));
    }
    BroughtFile file{EntryType::kFolder, kUsualMode};
    if (!exists) {
      file.mode = AfterChmod(copy, file.mode, /*folder=*/true);
      file.owner = OwnerOf(copy);
    }
    found_.files.emplace(target, std::move(file));
  }

  const StageState& stage_;
  const ContextTree tree_;
  const std::string& source_;
  StageCopies& found_;
};

// Whether the path and the source may name the same file, or one of them a
// folder that the other one is in.
bool Overlaps(const std::string& source, const std::string& path) {
  const std::string plain = source.substr(0, source.find_first_of("*?[\\"));
  return absl::StartsWith(plain, path) || absl::StartsWith(path, plain);
}

}  // namespace

StageCopies FindStageCopies(const StageState& stage,
                            const context::Listing* listing,
                            const std::string& source) {
  StageCopies found;
  for (size_t i = 0; i < stage.changes.size(); ++i) {
    const StageChange& change = stage.changes[i];
    const bool overlaps = !change.path || Overlaps(source, *change.path);
    switch (change.kind) {
      case StageChange::kRun:
        found.may_be_special = found.may_be_special || MayHideOwners(change);
        break;
      case StageChange::kWorkdir:
        found.may_be_special =
            found.may_be_special ||
            (overlaps && change.user && !IsRootName(*change.user));
        break;
      case StageChange::kCopy:
        if (!overlaps) break;
        found.may_be_special = found.may_be_special || change.from_stage ||
                               change.chown != "" || change.chmod != "" ||
                               change.unpacks;
        if (listing != nullptr && change.path) {
          CopyReader(stage, *listing, source, found).Read(i);
        }
        break;
    }
  }
  return found;
}

}  // namespace ovenbird::rewrite
