#include "runtime/rewrite/folder_modes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/empty_folder.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Word;

class FolderWriter {
 public:
  FolderWriter(const Site& site, const ContextTree& tree,
               const CopySources& sources, const Instruction& sent,
               Draft& draft)
      : site_(site),
        tree_(tree),
        sources_(sources),
        sent_(sent),
        draft_(draft) {}

  std::vector<Instruction> Run();

 private:
  bool KeepsMode(uint32_t folder) const;
  StageFile Target() const;
  bool IsMadeForUser() const;
  bool TargetMayBeThere() const;
  bool TargetMayBeSpecial() const;
  bool WasChanged(bool only_attributes) const;
  std::optional<uint32_t> FirstFile(uint32_t folder) const;
  bool ReplaceEmpty(std::vector<Word>& words);

  const Site& site_;
  const ContextTree& tree_;
  const CopySources& sources_;
  Instruction sent_;
  Draft& draft_;
};

// Whether an instruction of this stage before this one names the target.
bool FolderWriter::WasChanged(bool only_attributes) const {
  for (const Instruction& other : site_.stage.instructions) {
    if (other.span.begin >= sent_.span.begin) break;
    if (!absl::StrContains(other.text, *sources_.target)) continue;
    if (!only_attributes) return true;
    for (absl::string_view word :
         {"chmod", "chown", "chgrp", "install", "-m", "--chown", "--chmod",
          "useradd", "adduser", "setfacl", "umask"}) {
      if (absl::StrContains(other.text, word) ||
          std::any_of(other.flags.begin(), other.flags.end(),
                      [&](const Flag& flag) {
                        return absl::StrCat("--", flag.name) == word;
                      })) {
        return true;
      }
    }
  }
  return false;
}

// What is at the target, symlinks followed.
StageFile FolderWriter::Target() const {
  const StageFiles files(site_);
  const auto path = files.Follow(*sources_.target);
  return path ? files.Lookup(*path) : StageFile();
}

// A WORKDIR makes it, unless it is there, for a user other than root.
bool FolderWriter::IsMadeForUser() const {
  for (const StageChange& change : site_.before.changes) {
    if (change.kind != StageChange::kWorkdir || !change.path ||
        !absl::StartsWith(absl::StrCat(*change.path, "/"),
                          absl::StrCat(*sources_.target, "/"))) {
      continue;
    }
    std::optional<std::string> user = change.user;
    if (const auto base = user ? nullptr : site_.Base()) user = base->user;
    return user && !IsRoot(*user);
  }
  return false;
}

bool FolderWriter::TargetMayBeThere() const {
  if (!sources_.target) return true;
  const StageFile there = Target();
  if (there.kind != StageFile::kUnknown) {
    return there.kind == StageFile::kEntry;
  }
  if (IsUsualFolder(*sources_.target)) return true;
  if (site_.before.folder &&
      absl::StartsWith(absl::StrCat(*site_.before.folder, "/"),
                       absl::StrCat(*sources_.target, "/"))) {
    return true;
  }
  return WasChanged(/*only_attributes=*/false);
}

// It may be there with another owner than root or another mode than 0755.
bool FolderWriter::TargetMayBeSpecial() const {
  if (!sources_.target) return true;
  const StageFile there = Target();
  if (there.Is(ImageFile::kFolder)) return !there.IsUsualFolder();
  if (there.kind != StageFile::kUnknown) return false;
  if (*sources_.target != "/" && IsMadeForUser()) return true;
  for (absl::string_view path : {"/root", "/tmp", "/var/tmp"}) {
    if (*sources_.target == path) return true;
  }
  return WasChanged(/*only_attributes=*/true);
}

bool FolderWriter::KeepsMode(uint32_t folder) const {
  const bool usual =
      folder == ContextTree::kTop || tree_.listing()[folder].mode == kUsualMode;
  if (sent_.FindFlag("chmod") != nullptr) return !TargetMayBeThere();
  if (sent_.FindFlag("chown") != nullptr) {
    // Old executors make a target for root unless it is copied.
    return usual && folder != ContextTree::kTop && !TargetMayBeThere() &&
           !site_.Can(dockerfile::Capability::kCopyChownNumber);
  }
  return usual && !TargetMayBeSpecial();
}

// Its name is no wildcard.
std::optional<uint32_t> FolderWriter::FirstFile(uint32_t folder) const {
  for (const uint32_t child : tree_.Children(folder)) {
    if (tree_.listing()[child].type == EntryType::kFile &&
        !HasWildcard(tree_.listing().Name(child))) {
      return child;
    }
  }
  return std::nullopt;
}

// An empty folder makes a new target with 0755, and adds nothing to one that
// exists. Returns whether the last word was changed.
bool FolderWriter::ReplaceEmpty(std::vector<Word>& words) {
  const StageFile there = sources_.target ? Target() : StageFile();
  if (there.kind == StageFile::kUnknown) return false;
  words.pop_back();
  if (there.kind == StageFile::kAbsent) {
    words.push_back(EmptyFolder(kUsualMode, {}, draft_));
  }
  return true;
}

std::vector<Instruction> FolderWriter::Run() {
  std::vector<Instruction> sent;
  std::vector<Word> words;
  bool changed = false;
  for (const Item& item : sources_.items) {
    // Kaniko takes it for a wildcard.
    if (HasWildcard(item.path)) return {sent_};
  }
  for (const Item& item : sources_.items) {
    words.push_back(SourceWord(item.path.empty() ? "." : item.path));
    if (!tree_.IsFolder(item.entry) || KeepsMode(item.entry)) continue;
    const std::vector<uint32_t> children = tree_.Children(item.entry);
    if (children.empty()) {
      changed = ReplaceEmpty(words) || changed;
      continue;
    }
    const context::Entry& first = tree_.listing()[children[0]];
    const bool chown = sent_.FindFlag("chown") != nullptr;
    const bool first_makes_it = first.type == EntryType::kFile ||
                                (!chown && (first.type == EntryType::kSymlink ||
                                            first.mode == kUsualMode));
    if (!first_makes_it) {
      const std::optional<uint32_t> file = FirstFile(item.entry);
      if (!file) continue;
      Instruction before = sent_;
      const std::string path = tree_.Path(*file);
      before.words = {SourceWord(path), sent_.words.back()};
      before.exec_form = sent_.exec_form || NeedsJson(path);
      if (!absl::EndsWith(before.words[1].text, "/")) {
        before.words[1].text += '/';
      }
      sent.push_back(std::move(before));
    }
    words.back() = DoorWord(item.path, "/");
    draft_.content_only.push_back(item.path);
    changed = true;
  }
  if (!changed) return {sent_};
  draft_.Because(
      "kaniko gives an existing folder the mode and owner of the source");
  for (const Item& item : sources_.items) {
    sent_.exec_form = sent_.exec_form || NeedsJson(item.path);
  }
  if (words.empty()) return sent;
  words.push_back(sent_.words.back());
  sent_.words = std::move(words);
  sent.push_back(sent_);
  return sent;
}

}  // namespace

std::vector<Instruction> WithoutFolderModes(const Site& site,
                                            const ContextTree& tree,
                                            const CopySources& sources,
                                            const Instruction& sent,
                                            Draft& draft) {
  return FolderWriter(site, tree, sources, sent, draft).Run();
}

}  // namespace ovenbird::rewrite
