#include "runtime/rewrite/old_from.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/accounts.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/chown.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/stages.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::ShellCommand;
using dockerfile::Stage;

bool IsRoots(const ImageFile& file) {
  return file.user == 0 && file.group == 0;
}

// Looks for a file that a stage's instructions give to another owner, below a
// source of COPY --from.
class OwnerReader {
 public:
  OwnerReader(const std::vector<const Stage*>& chain, std::string source)
      : commands_(chain), source_(std::move(source)) {
    for (const Stage* stage : chain) Read(*stage);
  }

  // "" if there is none.
  const std::string& found() const { return found_; }

 private:
  void Read(const Stage& stage) {
    if (stage.base.text == "scratch") folder_ = "/";
    for (const Instruction& one : stage.instructions) {
      if (one.keyword == "USER") {
        other_user_ = !IsRoot(one.text) && !absl::StrContains(one.text, '$');
      } else if (one.keyword == "WORKDIR") {
        ReadWorkdir(one.text);
      } else if (one.keyword == "COPY" || one.keyword == "ADD") {
        ReadCopy(one);
      } else if (one.keyword == "RUN" && !one.exec_form) {
        dockerfile::ShellStart start;
        start.folder = folder_;
        for (const ShellCommand& command : dockerfile::FindShellCommands(
                 dockerfile::CommandText(one), start)) {
          ReadCommand(command);
        }
      }
    }
  }

  void ReadWorkdir(const std::string& text) {
    folder_ = absl::StrContains(text, '$')
                  ? std::string(dockerfile::kUnknownFolder)
                  : dockerfile::ResolvePath(text, folder_);
    // The folder that is copied is made anew, for root.
    if (other_user_ && !IsUsualFolder(folder_) && folder_ != source_) {
      Take(folder_);
    }
  }

  void ReadCopy(const Instruction& copy) {
    const Flag* chown = copy.FindFlag("chown");
    if (chown == nullptr || copy.words.empty() ||
        IsRoot(chown->value.value_or(""))) {
      return;
    }
    TakeTree(dockerfile::ResolvePath(copy.words.back().text, folder_));
  }

  void ReadCommand(const ShellCommand& command) {
    if (command.name == "chown" || command.name == "chgrp") ReadChown(command);
    if (!other_user_) return;
    for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
      if (write.attributes) continue;
      if (write.reach == dockerfile::Write::kItself) {
        Take(write.path);
      } else {
        TakeTree(write.path);
      }
    }
    if (!dockerfile::IsUnderstood(command)) TakeTree(command.folder);
  }

  void ReadChown(const ShellCommand& command) {
    bool recursive = false;
    std::vector<std::string> words;
    for (const std::string& word : command.arguments) {
      if (absl::StartsWith(word, "-")) {
        recursive =
            recursive || word == "--recursive" ||
            (!absl::StartsWith(word, "--") && absl::StrContains(word, 'R'));
      } else {
        words.push_back(word);
      }
    }
    if (words.empty() || IsRoot(words[0])) return;
    for (size_t i = 1; i < words.size(); ++i) {
      const std::string path =
          dockerfile::ResolvePath(words[i], command.folder);
      if (recursive) {
        TakeTree(path);
      } else if (path != source_ || !commands_.IsFolder(path)) {
        Take(path);
      }
    }
  }

  void Take(const std::string& path) {
    if (found_.empty() && Below(source_, path)) found_ = path;
  }
  // All of what is below the path.
  void TakeTree(const std::string& path) {
    if (absl::StartsWith(path, "/") && IsAtOrBelow(source_, path) &&
        found_.empty()) {
      found_ = source_;
    }
    Take(path);
  }

  const StageCommands commands_;
  const std::string source_;
  std::string folder_ = std::string(dockerfile::kUnknownFolder);
  bool other_user_ = false;
  std::string found_;
};

// The first path of an image that `source` takes and whose owner is another
// one than its new owner; "". `roots`: everything becomes root's.
std::string OtherOwner(const ImageFiles& files, const std::string& source,
                       bool roots) {
  std::string at = source;
  if (!HasWildcard(source)) {
    at = files.Resolve(source, /*follow_last=*/true).value_or(source);
  }
  const size_t depth = at == "/" ? 0 : at.size();
  for (const auto& [path, file] : files.entries) {
    const auto below = HasWildcard(at) || IsAtOrBelow(path, at)
                           ? Below(at, path)
                           : std::nullopt;
    if (!below) continue;
    const bool is_link = file.type == ImageFile::kSymlink;
    if (below->empty()) {
      // What a wildcard matches is followed.
      const auto real =
          is_link ? files.Resolve(path, /*follow_last=*/true) : path;
      const ImageFile* taken = real ? files.Find(*real) : nullptr;
      // The folder that is copied is not the target.
      if (roots && taken != nullptr && taken->type != ImageFile::kFolder &&
          !IsRoots(*taken)) {
        return path;
      }
      continue;
    }
    if (is_link) continue;
    ImageFile owner;
    const size_t end =
        HasWildcard(at) ? path.size() - below->size() - 1 : depth;
    const ImageFile* top = files.Find(path.substr(0, end));
    if (!roots && top != nullptr) owner = *top;
    if (file.user != owner.user || file.group != owner.group) return path;
  }
  return "";
}

// Whether the base image has the source as it is at the end of the stage.
bool IsOfBase(const StageState& stage, const std::string& source) {
  for (const StageChange& change : stage.changes) {
    if (absl::StrContains(change.text, source)) return false;
    if (change.unpacks && change.path && IsAtOrBelow(source, *change.path)) {
      return false;
    }
    if (change.path && change.kind != StageChange::kRun &&
        IsAtOrBelow(*change.path, source)) {
      return false;
    }
  }
  return true;
}

std::string LostOfStage(const Site& site, int stage,
                        const std::string& source) {
  const OwnerReader reader(ChainOf(site, stage), source);
  if (!reader.found().empty()) return reader.found();
  const auto end = site.earlier.ends.find(stage);
  if (end == site.earlier.ends.end() || end->second.base.empty() ||
      site.request.base_image == nullptr || !IsOfBase(end->second, source)) {
    return "";
  }
  const auto base = site.request.base_image(end->second.base, /*files=*/true);
  return base == nullptr || base->files == nullptr
             ? ""
             : OtherOwner(*base->files, source, /*roots=*/true);
}

std::string LostOfImage(const Site& site, const std::string& image,
                        const std::string& source, const Draft& draft) {
  if (site.request.base_image == nullptr) return "";
  const auto base = site.request.base_image(image, /*files=*/true);
  if (base == nullptr || base->files == nullptr) return "";
  const Flag* sent = draft.instructions.empty()
                         ? nullptr
                         : draft.instructions[0].FindFlag("from");
  const bool own_stage = sent != nullptr && sent->value != image;
  return OtherOwner(*base->files, source, own_stage);
}

// The folder that has to be there for the target; nullopt: not known.
std::optional<std::string> FolderFor(const Site& site, const Instruction& copy,
                                     int stage) {
  const std::string& text = copy.words.back().text;
  const auto target = site.before.PathOf(text);
  if (!target) return std::nullopt;
  const std::string& source = copy.words[0].text;
  // A folder is made with the owner when it becomes the target.
  const bool becomes_target =
      copy.words.size() == 2 && !HasWildcard(source) &&
      (!absl::EndsWith(text, "/") ||
       (stage >= 0 && StageCommands(ChainOf(site, stage))
                          .IsFolder(CleanPath(absl::StrCat("/", source)))));
  if (!becomes_target) return *target;
  const size_t slash = target->rfind('/');
  return slash == 0 ? "/" : target->substr(0, slash);
}

// Nothing is there, except for what a RUN makes without naming it.
bool IsMissing(const Site& site, const std::string& folder) {
  if (IsThere(site, folder) == false) return true;
  const StageFile file = StageFiles(site).Lookup(folder);
  return file.kind == StageFile::kAbsent ||
         (file.kind == StageFile::kUnknown && file.only_from_run);
}

}  // namespace

void WriteOutNumbers(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  if (copy.FindFlag("from") != nullptr || copy.words.size() < 2 ||
      HasRemoteSource(copy)) {
    return;
  }
  const auto folder = FolderFor(site, copy, -1);
  const bool is_missing = folder && IsMissing(site, *folder);
  for (Instruction& instruction : draft.instructions) {
    for (Flag& flag : instruction.flags) {
      if (flag.name != "chown" || !flag.value.has_value()) continue;
      const auto owner = KnownValue(site.before.scope, *flag.value);
      if (!owner || IsRoot(*owner) || NumericOwner(*owner)) continue;
      const size_t colon = owner->find(':');
      const bool group_number =
          colon != owner->npos && NumericOwner(owner->substr(colon + 1));
      if (!is_missing && !group_number) continue;
      const auto numbers = NumbersOf(site, *owner);
      if (!numbers) continue;
      flag.value = *numbers;
      draft.Because("the executor creates the folders for a target as root");
    }
  }
}

void ReportNumbers(const Site& site, Draft& draft) {
  const Instruction& add = draft.original();
  const Flag* chown = add.FindFlag("chown");
  const bool from_stage = add.FindFlag("from") != nullptr;
  if (chown == nullptr || !(from_stage || HasRemoteSource(add))) return;
  const auto text = KnownValue(site.before.scope, chown->value.value_or(""));
  const auto owner = text ? NumericOwner(*text) : std::nullopt;
  if (!owner) return;
  const auto user = FindUserOfNumber(site, owner->user);
  if (!user) return;
  const bool known_user = owner->user == 0 || user->exists;
  const bool known_group = owner->group == 0 || (user && user->exists &&
                                                 user->group == owner->group);
  if (known_user && known_group) return;
  site.Report(chown->span,
              absl::StrCat("fails without `", *text,
                           "` in /etc/passwd and "
                           "/etc/group"),
              "download the file in a RUN, and change its owner there");
}

void ReportOwnersOfNewFolders(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  const Flag* from = copy.FindFlag("from");
  const Flag* chown = copy.FindFlag("chown");
  if (chown == nullptr || copy.words.size() < 2) return;
  const auto owner = KnownValue(site.before.scope, chown->value.value_or(""));
  if (!owner || IsRoot(*owner)) return;
  int stage = -1;
  if (from != nullptr) {
    const auto name = KnownValue(site.before.scope, from->value.value_or(""));
    if (!name) return;
    stage = StageOfFrom(*site.request.dockerfile, *name, site.stage.index);
  } else if (NumbersOf(site, *owner) && !HasRemoteSource(copy)) {
    return;  // Our own folder has the new ones, too.
  }
  const auto folder = FolderFor(site, copy, stage);
  // When it is not known, it probably is there.
  if (!folder || (from != nullptr ? IsThere(site, *folder) != false
                                  : !IsMissing(site, *folder))) {
    return;
  }
  site.Report(
      chown->span,
      absl::StrCat("creates the folder `", *folder, "` with root as owner"),
      "create the folder in a RUN before");
}

void ReportLostOwners(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  const Flag* from = copy.FindFlag("from");
  if (from == nullptr || copy.FindFlag("chown") != nullptr) return;
  const auto name = KnownValue(site.before.scope, from->value.value_or(""));
  if (!name) return;
  const int stage =
      StageOfFrom(*site.request.dockerfile, *name, site.stage.index);
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const auto text = KnownValue(site.before.scope, copy.words[i].text);
    if (!text) continue;
    const std::string source = CleanPath(absl::StrCat("/", *text));
    const std::string lost = stage >= 0
                                 ? LostOfStage(site, stage, source)
                                 : LostOfImage(site, *name, source, draft);
    if (lost.empty()) continue;
    site.Report(copy.words[i].span,
                absl::StrCat("loses the owner of `", lost, "`"),
                "set it with chown in a RUN after this COPY");
  }
}

}  // namespace ovenbird::rewrite
