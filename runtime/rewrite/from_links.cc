#include "runtime/rewrite/from_links.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/from_remake.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Word;

constexpr int kMostLinks = 40;

// `USER:GROUP`, both in digits.
bool IsNumbers(absl::string_view owner) {
  return absl::StrContains(owner, ':') &&
         owner.find_first_not_of("0123456789:") == owner.npos;
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
  const Word& word = copy.word();
  const std::string& target = copy.instruction().words.back().text;
  const bool is_folder = found->second.type == EntryType::kFolder;
  const bool keeps_name =
      BaseName(path) == BaseName(copy.source()) ||
      (copy.instruction().words.size() == 2 && !HasSlash(target));
  if (!is_folder && !keeps_name) {
    // Its name in the folder is that of the symlink.
    if (copy.instruction().words.size() > 2 || copy.instruction().exec_form ||
        !absl::EndsWith(target, "/") ||
        !IsPlain(BaseName(copy.source()), false)) {
      return;
    }
    absl::StrAppend(&copy.Sent()->words.back().text, BaseName(copy.source()));
  }
  copy.SentWord() =
      SourceWord(absl::StrCat(path, absl::EndsWith(word.text, "/") ? "/" : ""));
  copy.Sent()->exec_form = copy.Sent()->exec_form || NeedsJson(path);
  copy.draft().Because("COPY --from copies the target of a symlink");
  copy.SetSource(path);
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
  const bool wildcard = HasWildcard(BaseName(copy.source()));
  const bool library =
      wildcard && absl::StrContains(BaseName(copy.source()), ".so");
  if (link == links.end() && !library) return;
  if (copy.CanAddToStage() && IsPlain(copy.source(), /*wildcards=*/true)) {
    const std::string folder =
        copy.SetAside(WithHiddenNames(copy.source()), "-RpH");
    copy.SentWord().text =
        absl::StrCat(folder, "/", wildcard ? "*" : BaseName(copy.source()));
    copy.draft().Because("COPY --from copies the target of a symlink");
  } else if (link != links.end()) {
    copy.Report(
        absl::StrCat("copies the symlink `", *link, "`, not its target"),
        "name the target of the symlink");
  }
}

void RemakeLinks(FromCopy& copy) {
  for (const auto& [one, other] : copy.commands().hard_links()) {
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
                                 !copy.commands().IsFolder(link);
                        });
}

void KeepLinkOwners(FromCopy& copy) {
  if (copy.HasFlag("chown")) return;
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type != EntryType::kSymlink || file.owner.empty() ||
        Below(copy.source(), path) == "") {
      continue;
    }
    const auto arrival = copy.ArrivalOf(path);
    if (arrival && IsNumbers(file.owner) &&
        CanRunAsRoot(copy.site(), {"chown"}) &&
        copy.site().request.snapshot_mode != "time") {
      copy.Remake(absl::StrCat("chown -h ", file.owner, " ", *arrival),
                  "COPY --from makes root the owner of symlinks");
      continue;
    }
    copy.Report(
        absl::StrCat("makes root the owner of the symlink `", path, "`"),
        "add a `RUN chown -h` for it");
    return;
  }
}

}  // namespace ovenbird::rewrite
