#include "runtime/rewrite/from.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/format_text.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/from_copy.h"
#include "runtime/rewrite/from_image.h"
#include "runtime/rewrite/from_links.h"
#include "runtime/rewrite/from_losses.h"
#include "runtime/rewrite/from_obstacles.h"
#include "runtime/rewrite/from_owner.h"
#include "runtime/rewrite/from_remake.h"
#include "runtime/rewrite/from_target.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/odd_folders.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stages.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;

// Returns whether the source is set aside.
bool RenameOddFolders(FromCopy& copy) {
  const auto end = copy.site().earlier.ends.find(copy.stage());
  if (end == copy.site().earlier.ends.end()) return false;
  const OddFolders odd =
      FindOddFolders(copy.site().request.listing, end->second, copy.source());
  const bool plain = copy.CanAddToStage() &&
                     IsPlain(copy.source(), /*wildcards=*/true) &&
                     !copy.HasFlag("parents") && !copy.HasFlag("exclude");
  if ((odd.may_be_made || !odd.found.empty()) && plain) {
    std::vector<Instruction>& additions = copy.Additions();
    const std::string folder = AsideFolder(additions.size());
    additions.push_back(MakeInstruction(
        "RUN", CopyWithPlainNames(WithHiddenNames(copy.source()), folder)));
    copy.SentWord().text = absl::StrCat(folder, "/*");
    copy.draft().Because(
        "kaniko finds no files in a folder with `[` or `\\` in its "
        "path");
    return true;
  }
  if (!odd.found.empty()) {
    copy.Report(
        absl::StrCat("finds no files in the folder `", odd.found, "`"),
        "copy a folder above it that has no `[` and no backslash in its "
        "path");
  }
  return false;
}

void KeepSetuid(FromCopy& copy) {
  if (copy.HasFlag("chmod") || copy.site().Can(Capability::kCopyFromSetuid)) {
    return;
  }
  // By the folder below the target.
  std::map<std::string, std::vector<std::string>> files;
  bool lost = std::any_of(copy.commands().setuid_trees().begin(),
                          copy.commands().setuid_trees().end(),
                          [&](const std::string& tree) {
                            return Below(copy.source(), tree).has_value();
                          });
  bool plain = !lost && copy.CanAddToStage();
  std::set<std::string> special = copy.commands().setuid();
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type == EntryType::kFile && (file.mode & 06000) != 0) {
      special.insert(path);
    }
  }
  const auto add = [&](const std::string& path, const ImageFile& file) {
    if (file.type == ImageFile::kFile && (file.mode & 06000) != 0) {
      special.insert(path);
    }
  };
  copy.ForEachFileOfBase(add);
  copy.ForEachMovedFile(add);
  for (const std::string& file : special) {
    const auto below = Below(copy.source(), file);
    // A file that the source names itself keeps them, unless its folder is
    // copied, too.
    if (!below || (below->empty() && !copy.IsCopiedByFolder(file))) continue;
    lost = true;
    plain = plain && IsPlain(file, /*wildcards=*/false);
    files[std::string(FolderOf(*below))].push_back(file);
  }
  if (!lost) return;
  const std::string& target = copy.instruction().words.back().text;
  if (!plain || copy.instruction().exec_form ||
      target.find_first_of("\"'\\`$") != target.npos) {
    copy.Report(absl::StrCat("loses setuid and setgid bits below `",
                             copy.source(), "`"),
                "set them in a RUN after this COPY");
    return;
  }
  if (files.count("") > 0 && !HasWildcard(copy.source()) &&
      files[""] == std::vector<std::string>{copy.source()}) {
    copy.SentWord().text = absl::StrCat(copy.SetAside({copy.source()}, "-p"),
                                        "/", BaseName(copy.source()));
    files.clear();
  }
  for (const auto& [folder, paths] : files) {
    Instruction again = *copy.Sent();
    std::string below = target;
    if (!absl::EndsWith(below, "/")) below += '/';
    if (!folder.empty()) absl::StrAppend(&below, folder, "/");
    again.words = {{absl::StrCat(copy.SetAside(paths, "-p"), "/*"), {}},
                   {below, {}}};
    copy.draft().instructions.push_back(std::move(again));
  }
  copy.draft().Because(
      "COPY --from keeps the setuid bits of files that it names");
}

// COPY would wait for a writer: the stage ends without them.
void RemakePipes(FromCopy& copy) {
  for (const std::string& pipe : copy.commands().fifos()) {
    if (!Below(copy.source(), pipe)) continue;
    const auto arrival = copy.ArrivalOf(pipe);
    const std::string command =
        arrival && copy.CanAddToStage() && IsPlain(pipe, /*wildcards=*/false) &&
                CanRunAsRoot(copy.site(), {"mkfifo"})
            ? RemakePipe(copy.site().earlier.ends.at(copy.stage()), pipe,
                         *arrival)
            : "";
    if (command.empty()) {
      copy.Report(absl::StrCat("hangs at the named pipe `", pipe, "`"),
                  "create it with mkfifo in a RUN after this COPY");
      continue;
    }
    copy.Additions().push_back(
        MakeInstruction("RUN", absl::StrCat("rm -f ", pipe)));
    copy.Remake(command, kNotKept);
  }
}

// --chown: the executor does not give it to symlinks.
void KeepOwners(FromCopy& copy) {
  const Flag* chown = copy.instruction().FindFlag("chown");
  if (chown == nullptr || HasWildcard(copy.source())) return;
  const auto owner =
      KnownValue(copy.site().before.scope, chown->value.value_or(""));
  const auto target =
      copy.site().before.PathOf(copy.instruction().words.back().text);
  if (!owner || IsRoot(*owner) || !target || !HoldsLinks(copy)) return;
  const OwnersAfter after = OwnersAfterCopy(copy.site(), {*owner, *target});
  if (!after.problem.empty()) {
    copy.Report(after.problem,
                "correct it with chown in a RUN after this COPY");
  }
  if (!after.command.empty()) {
    copy.Remake(after.command,
                "COPY --from --chown does not change the owner of symlinks");
  }
}

void ReadMatch(const FromCopy& copy, const std::string& path,
               const BroughtFile& file, FromSources& sources) {
  const Span span = copy.word().span;
  const bool special_mode = file.mode != 0755 && !copy.HasFlag("chmod");
  const bool is_folder = file.type == EntryType::kFolder;
  (is_folder ? sources.all_files : sources.all_folders) = false;
  sources.may_be_folder |= is_folder;
  if (is_folder) {
    if (file.owner.empty() && !special_mode) return;
    sources.folder = path;
    sources.folder_span = span;
  } else if (file.type == EntryType::kFile && !file.owner.empty()) {
    sources.file = path;
    sources.file_span = span;
  }
}

// Takes a file of the base image, which the source names, into `sources`.
void TakeFileOfBase(const FromCopy& copy, const std::string& path,
                    const ImageFile& file, FromSources& sources) {
  const bool is_folder = file.type == ImageFile::kFolder;
  const bool is_foreign = file.user != 0 || file.group != 0;
  (is_folder ? sources.all_files : sources.all_folders) = false;
  sources.may_be_folder |= is_folder;
  if (is_folder && (is_foreign || file.mode != kUsualMode)) {
    sources.folder = path;
    sources.folder_span = copy.word().span;
  } else if (file.type == ImageFile::kFile && is_foreign) {
    sources.file = path;
    sources.file_span = copy.word().span;
  }
}

// Takes what the base image has at the source into `sources`; returns whether
// that is all that is there.
bool ReadFilesOfBase(const FromCopy& copy, FromSources& sources) {
  if (HasWildcard(copy.source())) {
    copy.ForEachFileOfBase([&](const std::string& path, const ImageFile& file) {
      if (Below(copy.source(), path) == "") {
        TakeFileOfBase(copy, path, file, sources);
      }
    });
    return false;
  }
  const auto files = copy.FilesOfStage();
  const auto path = files ? files->Follow(copy.source()) : std::nullopt;
  if (!path) return false;
  const StageFile file = files->Lookup(*path);
  if (file.kind != StageFile::kEntry || file.entry.mode == 0) return false;
  TakeFileOfBase(copy, copy.source(), file.entry, sources);
  return true;
}

// Whether a COPY of the stage puts something into the source.
bool HoldsCopies(const FromCopy& copy) {
  return !HasWildcard(copy.source()) &&
         absl::c_any_of(copy.copies().files, [&](const auto& item) {
           return !Below(copy.source(), item.first).value_or("").empty();
         });
}

bool IsFolderOfBase(const FromCopy& copy) {
  const auto files = copy.FilesOfStage();
  const auto path = files ? files->Follow(copy.source()) : std::nullopt;
  return path && files->Lookup(*path).Is(ImageFile::kFolder);
}

// Takes what the stage copies from the context to the source into `sources`.
void ReadSource(const FromCopy& copy, FromSources& sources) {
  // What is copied to a folder of the base image does not replace it.
  const bool is_of_base =
      IsFolderOfBase(copy) && ReadFilesOfBase(copy, sources);
  bool matched = is_of_base;
  for (const auto& [path, file] : copy.copies().files) {
    if (is_of_base || Below(copy.source(), path) != "") continue;
    matched = true;
    ReadMatch(copy, path, file, sources);
  }
  if (!matched) matched = ReadFilesOfBase(copy, sources);
  const bool is_folder = copy.commands().IsFolder(copy.source()) ||
                         copy.commands().IsMadeFolder(copy.source()) ||
                         IsUsualFolder(copy.source()) || HoldsCopies(copy) ||
                         absl::EndsWith(copy.word().text, "/");
  if (!matched) {
    sources.all_files = false;
    sources.all_folders = sources.all_folders && is_folder;
  }
  const bool is_special =
      !copy.HasFlag("chown") && copy.commands().IsSpecialFolder(copy.source());
  if (is_special || (copy.commands().IsMadeFolder(copy.source()) &&
                     copy.commands().HasOwnMode(copy.source()))) {
    sources.folder = copy.source();
    sources.folder_span = copy.word().span;
  }
  const bool looks_like_file =
      absl::StrContains(BaseName(copy.source()).substr(1), '.');
  if (!matched) sources.may_be_folder |= is_folder || !looks_like_file;
  sources.may_have_folder |= (is_folder || !looks_like_file) &&
                             copy.commands().MayHaveOwnMode(copy.source());
  sources.has_wildcard = sources.has_wildcard || HasWildcard(copy.source());
  sources.may_have_folder |= copy.copies().may_be_special;
  sources.may_have_file |= copy.copies().may_be_special && !is_folder;
}

// Whether certainly no file matches the wildcard: the folder is the base
// image's, and nothing is put into it.
bool MatchesNothing(const FromCopy& copy) {
  const auto end = copy.site().earlier.ends.find(copy.stage());
  const std::string folder(FolderOf(copy.source()));
  if (!HasWildcard(copy.source()) || HasWildcard(folder) ||
      !copy.copies().files.empty() || end == copy.site().earlier.ends.end()) {
    return false;
  }
  const auto files = copy.AllFilesOfStage();
  const auto real = files ? files->Follow(folder) : std::nullopt;
  if (!real || !files->Lookup(*real).Is(ImageFile::kFolder) ||
      !files->IsEmptyInBase(*real)) {
    return false;
  }
  return absl::c_all_of(end->second.changes, [&](const StageChange& change) {
    return change.kind != StageChange::kRun && change.path &&
           !IsAtOrBelow(*change.path, *real) &&
           !IsAtOrBelow(folder, *change.path);
  });
}

void RewriteSources(const Site& site, Draft& draft, int stage) {
  FromCopy copy(site, draft, stage);
  FromSources sources;
  std::vector<std::string> obstacles;
  ReportFlags(copy);
  while (copy.Next()) {
    if (copy.source() == "/") {
      RefuseTop(copy);
      continue;
    }
    if (copy.instruction().words.size() == 2 && MatchesNothing(copy)) {
      draft.instructions.clear();
      draft.Because("no file matches: nothing is copied");
      return;
    }
    FindObstacles(copy, obstacles);
    FollowCopiedLink(copy);
    FollowLinkOfStage(copy);
    ReadSource(copy, sources);
    if (!RenameOddFolders(copy)) FollowLinks(copy);
    KeepSetuid(copy);
    RemakePipes(copy);
    RemakeLinks(copy);
    KeepOwners(copy);
    KeepLinkOwners(copy);
    ReportLost(copy);
    ReportCapabilityOfBase(copy);
  }
  KeepTarget(site, sources, draft);
  copy.AddRemaking();
  MakeWay(site, obstacles, draft);
}

}  // namespace

void RewriteCopyFrom(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  const Flag* from = copy.FindFlag("from");
  if (from == nullptr || copy.words.size() < 2) return;
  const auto name = KnownValue(site.before.scope, from->value.value_or(""));
  if (!name) return;
  const int stage =
      StageOfFrom(*site.request.dockerfile, *name, site.stage.index);
  if (stage >= 0) {
    RewriteSources(site, draft, stage);
  } else {
    RewriteCopyFromImage(site, *name, draft);
  }
}

}  // namespace ovenbird::rewrite
