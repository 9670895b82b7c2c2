#include "runtime/rewrite/from_links.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/from_owner.h"
#include "runtime/rewrite/from_remake.h"
#include "runtime/rewrite/link_targets.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Word;

constexpr int kMostLinks = 40;
constexpr absl::string_view kRootsLinks =
    "COPY --from makes root the owner of symlinks";

// `ln -s x /a` makes /a or /a/x: the second one only if /a is a folder.
bool IsLikelyLink(const StageCommands& commands, const std::string& path) {
  const std::string folder(FolderOf(path));
  return !commands.IsFolder(path) &&
         (commands.symlinks().count(folder) == 0 || commands.IsFolder(folder));
}

// `USER:GROUP`, both in digits.
bool IsNumbers(absl::string_view owner) {
  return absl::StrContains(owner, ':') &&
         owner.find_first_not_of("0123456789:") == owner.npos;
}

// Whether the image has a folder at the target.
bool IsFolderOfImage(const FromCopy& copy, const std::string& target) {
  const auto path = copy.site().before.PathOf(target);
  const StageFiles files(copy.site());
  const auto real = path ? files.Follow(*path) : std::nullopt;
  return real && (*real == "/" || files.Lookup(*real).Is(ImageFile::kFolder));
}

// Replaces the source by the path of what it leads to, if its name at the
// target stays the same; returns whether it does.
bool NameInstead(FromCopy& copy, const std::string& path, bool is_folder) {
  const Word& word = copy.word();
  const std::string& target = copy.instruction().words.back().text;
  const bool into_folder = copy.instruction().words.size() > 2 ||
                           HasSlash(target) || IsFolderOfImage(copy, target);
  const bool keeps_name =
      BaseName(path) == BaseName(copy.source()) || !into_folder;
  if (!is_folder && !keeps_name) {
    // Its name in the folder is that of the symlink.
    if (copy.instruction().words.size() > 2 || copy.instruction().exec_form ||
        !IsPlain(BaseName(copy.source()), false)) {
      return false;
    }
    std::string& sent = copy.Sent()->words.back().text;
    absl::StrAppend(&sent, absl::EndsWith(sent, "/") ? "" : "/",
                    BaseName(copy.source()));
  }
  copy.SentWord() =
      SourceWord(absl::StrCat(path, absl::EndsWith(word.text, "/") ? "/" : ""));
  copy.Sent()->exec_form = copy.Sent()->exec_form || NeedsJson(path);
  copy.draft().Because("COPY --from copies the target of a symlink");
  copy.SetSource(path);
  return true;
}

// Copies what the source leads to aside in the stage, or reports the symlink;
// "": it is not known that there is one.
void SetLinkAside(FromCopy& copy, const std::string& link) {
  if (copy.CanAddToStage() && IsPlain(copy.source(), /*wildcards=*/true)) {
    const std::string folder =
        copy.SetAside(WithHiddenNames(copy.source()), "-RpH");
    const bool wildcard = HasWildcard(BaseName(copy.source()));
    copy.SentWord().text =
        absl::StrCat(folder, "/", wildcard ? "*" : BaseName(copy.source()));
    copy.draft().Because("COPY --from copies the target of a symlink");
  } else if (!link.empty()) {
    copy.Report(absl::StrCat("copies the symlink `", link, "`, not its target"),
                "name the target of the symlink");
  }
}

// The first symlink to a file of the base image that a wildcard matches; "":
// none.
std::string MatchedLinkOfBase(const FromCopy& copy) {
  std::vector<std::string> links;
  if (!HasWildcard(BaseName(copy.source()))) return "";
  copy.ForEachFileOfBase([&](const std::string& path, const ImageFile& file) {
    if (file.type == ImageFile::kSymlink && Below(copy.source(), path) == "") {
      links.push_back(path);
    }
  });
  const auto files = links.empty() ? std::nullopt : copy.AllFilesOfStage();
  for (const std::string& link : links) {
    const auto target = files ? files->Follow(link) : std::nullopt;
    if (target && files->OfBase(*target) != nullptr) return link;
  }
  return "";
}

// Whether the base image has a symlink there that a line of the stage may have
// replaced: an ADD unpacks an archive there.
bool MayBeLinkOfBase(const FromCopy& copy) {
  const auto files = copy.FilesOfStage();
  const auto place = files ? files->FollowFolders(copy.source()) : std::nullopt;
  if (!place) return false;
  const ImageFile* of_base = files->OfBase(*place);
  return of_base != nullptr && of_base->type == ImageFile::kSymlink &&
         files->Lookup(*place).kind == StageFile::kUnknown;
}

// Links that the stage copies from the context. Returns false if a problem is
// reported.
bool KeepOwnersOfCopiedLinks(FromCopy& copy) {
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type != EntryType::kSymlink || file.owner.empty() ||
        Below(copy.source(), path) == "") {
      continue;
    }
    const auto arrival = copy.ArrivalOf(path);
    if (arrival && IsNumbers(file.owner) &&
        CanSetAsRoot(copy.site(), {"chown"})) {
      copy.Remake(
          absl::StrCat("chown -h ", file.owner, " ", *arrival,
                       TouchForTimeMode(copy.site(), "-h ", {*arrival})),
          kRootsLinks);
      continue;
    }
    copy.Report(
        absl::StrCat("makes root the owner of the symlink `", path, "`"),
        "add a `RUN chown -h` for it");
    return false;
  }
  return true;
}

// The symlinks of the stage that are known, with their targets as written; some
// may be gone again, and some are not below the source.
std::vector<std::pair<std::string, std::string>> KnownLinks(
    const FromCopy& copy) {
  std::vector<std::pair<std::string, std::string>> links;
  const auto add = [&](const std::string& path, const ImageFile& file) {
    if (file.type == ImageFile::kSymlink) links.emplace_back(path, file.link);
  };
  copy.ForEachFileOfBase(add);
  const auto& ends = copy.site().earlier.ends;
  if (const auto end = ends.find(copy.stage()); end != ends.end()) {
    for (const StageChange& change : end->second.changes) {
      for (const auto& [path, file] : change.made) add(path, file);
    }
  }
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type == EntryType::kSymlink) {
      links.emplace_back(path, file.link_target);
    }
  }
  return links;
}

// Files of the image with several names to which symlinks of the source lead:
// the layer has only the name that a symlink leads to.
void RemakeTargets(FromCopy& copy) {
  const auto links = KnownLinks(copy);
  if (links.empty()) return;
  const LinkTargets finder(copy.site());
  std::set<std::string> targets;
  for (const auto& [path, link_target] : links) {
    const auto below = Below(copy.source(), path);
    const auto arrival =
        below && !below->empty() ? copy.ArrivalOf(path) : std::nullopt;
    const auto target =
        arrival ? finder.Find(*arrival, link_target) : std::nullopt;
    if (!target || !targets.insert(*target).second) continue;
    if (IsPlainPath(*target) && CanRunAsRoot(copy.site(), {"sleep", "touch"})) {
      copy.Remake(Touch("-c ", {*target}), kNotKept);
      continue;
    }
    ReportSeparated(copy.site(), copy.word().span, *target);
  }
}

// A link, or a folder of links, below the source whose owner is not root; "":
// none.
std::string ForeignLink(const FromCopy& copy) {
  const StageCommands& commands = copy.commands();
  for (const auto& [path, owner] : commands.link_owners()) {
    const auto below = Below(copy.source(), path);
    if (!below) continue;
    if (commands.link_trees().count(path) > 0) return path;
    if (!below->empty() && IsLikelyLink(commands, path)) {
      return path;
    }
  }
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type == EntryType::kSymlink && Below(copy.source(), path) != "" &&
        commands.IsChowned(path)) {
      return path;
    }
  }
  return "";
}

// The owner of everything below the source, in the numbers of the stage; "":
// unknown.
std::string OwnerOfAll(const FromCopy& copy) {
  const std::string owner = copy.commands().OwnerOfTree(copy.source());
  if (owner.empty() || IsNumbers(owner)) return owner;
  const Site& site = copy.site();
  const StageState& end = site.earlier.ends.at(copy.stage());
  const bool has_same_users =
      !end.base.empty() && end.base == site.before.base &&
      absl::c_none_of(end.changes, [](const StageChange& change) {
        return absl::StrContains(change.text, "user") ||
               absl::StrContains(change.text, "group") ||
               absl::StrContains(change.text, "passwd");
      });
  return has_same_users && IsPlainPath(owner)
             ? NumbersOf(site, owner).value_or("")
             : "";
}

// Links that RUN lines make, or whose owner they change.
void KeepOwnersOfMadeLinks(FromCopy& copy) {
  const std::string link = ForeignLink(copy);
  const auto target =
      copy.site().before.PathOf(copy.instruction().words.back().text);
  const std::string owner = OwnerOfAll(copy);
  const bool looks_like_file =
      absl::StrContains(BaseName(copy.source()).substr(1), '.');
  if (!IsRoot(owner) && target && !HasWildcard(copy.source()) &&
      (!link.empty() || !looks_like_file)) {
    const OwnersAfter after = OwnersAfterCopy(copy.site(), {owner, *target});
    if (!after.command.empty()) {
      copy.Remake(after.command, kRootsLinks);
      return;
    }
  }
  if (link.empty()) return;
  copy.Report(absl::StrCat("makes root the owner of the symlinks in `",
                           copy.commands().link_trees().count(link) > 0
                               ? absl::string_view(link)
                               : FolderOf(link),
                           "`"),
              "give them their owner with --chown at this COPY");
}

}  // namespace

void FollowCopiedLink(FromCopy& copy) {
  if (HasWildcard(copy.source()) || copy.Sent() == nullptr) return;
  std::string path = copy.source();
  for (int i = 0; i < kMostLinks; ++i) {
    const StageCopies copies = copy.CopiesAt(path);
    const auto found = copies.files.find(path);
    if (found == copies.files.end()) return;
    if (found->second.type != EntryType::kSymlink) break;
    path = CleanPath(absl::StrCat(
        absl::StartsWith(found->second.link_target, "/") ? absl::string_view()
                                                         : FolderOf(path),
        "/", found->second.link_target));
  }
  const auto copies = copy.CopiesAt(path);
  const auto found = copies.files.find(path);
  if (path == copy.source() || found == copies.files.end() ||
      found->second.type == EntryType::kSymlink) {
    return;
  }
  NameInstead(copy, path, found->second.type == EntryType::kFolder);
}

void FollowLinkOfStage(FromCopy& copy) {
  if (copy.copies().files.count(copy.source()) > 0) return;
  const auto files = copy.FilesOfStage();
  const auto place = files ? files->FollowFolders(copy.source()) : std::nullopt;
  if (!place) return;
  const bool is_link = files->Lookup(*place).Is(ImageFile::kSymlink);
  const auto real = is_link ? files->Follow(copy.source()) : place;
  if (!real || *real == copy.source() || *real == "/" ||
      (!is_link && !copy.GoesThroughMadeLink())) {
    return;
  }
  const std::string link = copy.source();
  const StageFile file = files->Lookup(*real);
  if (copy.Sent() != nullptr && (!is_link || file.kind == StageFile::kEntry) &&
      NameInstead(copy, *real, file.Is(ImageFile::kFolder))) {
    return;
  }
  if (!is_link) return;
  SetLinkAside(copy, link);
}

void FollowLinks(FromCopy& copy) {
  std::set<std::string> links = copy.commands().symlinks();
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type == EntryType::kSymlink) links.insert(path);
  }
  const auto link =
      std::find_if(links.begin(), links.end(), [&](const std::string& one) {
        return !copy.commands().IsFolder(one) &&
               Below(copy.source(), one) == "";
      });
  if (link != links.end()) {
    SetLinkAside(copy, *link);
    return;
  }
  const std::string of_base = MatchedLinkOfBase(copy);
  if (!of_base.empty()) {
    SetLinkAside(copy, of_base);
    return;
  }
  const bool wildcard = HasWildcard(BaseName(copy.source()));
  const bool library =
      wildcard && absl::StrContains(BaseName(copy.source()), ".so");
  const bool program =
      !wildcard && copy.commands().MayBeProgramLink(copy.source());
  const bool is_copied =
      !wildcard && copy.copies().files.count(copy.source()) > 0;
  if (is_copied ||
      !(library || program || copy.commands().MayBeLink(copy.source()) ||
        MayBeLinkOfBase(copy))) {
    return;
  }
  if (copy.CanAddToStage() && IsPlain(copy.source(), /*wildcards=*/true) &&
      !copy.IsCopiedByFolder(copy.source())) {
    copy.ReplaceLink();
  } else {
    SetLinkAside(copy, "");
  }
}

void RemakeLinks(FromCopy& copy) {
  std::vector<std::pair<std::string, std::string>> links =
      copy.commands().hard_links();
  const auto add = [&](const std::string& path, const ImageFile& file) {
    if (!file.hard_link.empty()) links.emplace_back(file.hard_link, path);
  };
  copy.ForEachFileOfBase(add);
  copy.ForEachMovedFile(add);
  for (const auto& [one, other] : links) {
    const auto below = Below(copy.source(), one);
    if (!below || below->empty() || !Below(copy.source(), other)) continue;
    const auto first = copy.ArrivalOf(one);
    const auto second = copy.ArrivalOf(other);
    if (first && second &&
        CanRunAsRoot(copy.site(), {"cmp", "ln", "sleep", "touch"})) {
      copy.Remake(Relink(*first, *second), kNotKept);
      continue;
    }
    copy.Report(absl::StrCat("copies the hard links `", one, "` and `", other,
                             "` as two files"),
                "make one of them a symlink, or run ln after this COPY");
  }
  RemakeTargets(copy);
  for (const std::string& tree : copy.commands().hard_link_trees()) {
    // target, a folder above it, or a profile's folder, e.g. target/release.
    if (!IsAtOrBelow(tree, copy.source()) && FolderOf(copy.source()) != tree) {
      continue;
    }
    copy.Report(absl::StrCat("copies the hard links that `cargo` makes in `",
                             tree, "` as several files"),
                "copy the files that you need by name");
    return;
  }
}

bool HoldsLinks(const FromCopy& copy) {
  bool base_has_one = false;
  copy.ForEachFileOfBase([&](const std::string& path, const ImageFile& file) {
    base_has_one = base_has_one || (file.type == ImageFile::kSymlink &&
                                    Below(copy.source(), path) != "");
  });
  if (base_has_one) return true;
  const auto is_below = [&copy](const std::string& path) {
    return IsAtOrBelow(path, copy.source());
  };
  return absl::c_any_of(copy.commands().link_trees(), is_below) ||
         absl::c_any_of(copy.copies().files,
                        [&](const auto& item) {
                          return item.second.type == EntryType::kSymlink &&
                                 item.first != copy.source();
                        }) ||
         absl::c_any_of(copy.commands().symlinks(),
                        [&](const std::string& link) {
                          return link != copy.source() && is_below(link) &&
                                 IsLikelyLink(copy.commands(), link);
                        });
}

void KeepLinkOwners(FromCopy& copy) {
  if (copy.HasFlag("chown")) return;
  if (KeepOwnersOfCopiedLinks(copy)) KeepOwnersOfMadeLinks(copy);
}

}  // namespace ovenbird::rewrite
