#include "runtime/rewrite/stage_files.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/passwd.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/stage_commands.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;

// Of no folder that matters: it counts as one with a mode of its own.
constexpr uint16_t kUnknownMode = 0;

bool IsKnownPath(absl::string_view path) { return absl::StartsWith(path, "/"); }

bool Changes(const dockerfile::Write& write, absl::string_view path) {
  if (!IsKnownPath(write.path)) return write.attributes;
  return write.reach == dockerfile::Write::kItself
             ? path == write.path
             : IsAtOrBelow(path, write.path);
}

// A command may do anything to what its words name.
bool Names(const dockerfile::ShellCommand& command, absl::string_view path) {
  return absl::c_any_of(command.arguments, [&](const std::string& argument) {
    const std::string named = dockerfile::ResolvePath(argument, command.folder);
    return named != "/" && IsKnownPath(named) && IsAtOrBelow(path, named);
  });
}

// False only if no command can: it is much cheaper than to read the commands.
bool MayName(absl::string_view text, absl::string_view path) {
  for (absl::string_view any : {"$", "*", "?", "..", " .", "-R"}) {
    if (absl::StrContains(text, any)) return true;
  }
  for (absl::string_view part : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (absl::StrContains(text, part)) return true;
  }
  return false;
}

bool RunMayHaveChanged(const StageChange& run, absl::string_view path) {
  const bool runs_there =
      run.path && *run.path != "/" && IsAtOrBelow(path, *run.path);
  if (!runs_there && !MayName(run.text, path)) return false;
  dockerfile::ShellStart start;
  if (run.path) start.folder = *run.path;
  for (const auto& command : dockerfile::FindShellCommands(run.text, start)) {
    for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
      if (Changes(write, path)) return true;
    }
    for (const std::string& deleted : dockerfile::DeletionsOf(command)) {
      if (!IsKnownPath(deleted) || IsAtOrBelow(path, deleted)) return true;
    }
    if (!dockerfile::IsUnderstood(command) && Names(command, path)) return true;
  }
  return false;
}

StageFile AfterRun(const StageChange& run, const StageFile& before,
                   absl::string_view path) {
  if (before.kind == StageFile::kEntry && !RunMayHaveChanged(run, path)) {
    return before;
  }
  StageFile file;
  const bool was_absent =
      before.only_from_run || before.kind == StageFile::kAbsent;
  const auto made = run.made.find(path);
  if (was_absent && made != run.made.end()) {
    return {StageFile::kEntry, made->second, /*only_from_run=*/true};
  }
  file.only_from_run = was_absent && !RunMayHaveChanged(run, path);
  return file;
}

// The numbers of --chown as BuildKit finds them in the base image; nullopt: a
// name that is not there.
std::optional<std::pair<uint32_t, uint32_t>> OwnerOf(const std::string& chown,
                                                     const ImageFiles& base) {
  if (IsRoot(chown)) return std::pair<uint32_t, uint32_t>(0, 0);
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(chown, absl::MaxSplits(':', 1));
  std::pair<uint32_t, uint32_t> owner;
  if (absl::SimpleAtoi(parts.first, &owner.first)) {
    owner.second = owner.first;
  } else {
    const Account user = UserIn(base.passwd, parts.first);
    if (!user.exists) return std::nullopt;
    owner = {user.user, user.group};
  }
  if (parts.second.empty() || absl::SimpleAtoi(parts.second, &owner.second)) {
    return owner;
  }
  const Account group = GroupIn(base.groups, parts.second);
  owner.second = group.group;
  return group.exists ? std::optional(owner) : std::nullopt;
}

// The entry of exactly that path below a folder, symlinks not followed.
std::optional<uint32_t> EntryBelow(const ContextTree& tree, uint32_t folder,
                                   absl::string_view below) {
  for (absl::string_view part : absl::StrSplit(below, '/')) {
    if (!tree.IsFolder(folder)) return std::nullopt;
    const std::vector<uint32_t> children = tree.Children(folder);
    const auto child = absl::c_find_if(children, [&](uint32_t entry) {
      return tree.listing().Name(entry) == part;
    });
    if (child == children.end()) return std::nullopt;
    folder = *child;
  }
  return folder;
}

}  // namespace

StageFiles::StageFiles(const Site& site)
    : listing_(site.request.listing), before_(site.before) {
  files_ = site.before.from_scratch ? std::make_shared<const ImageFiles>()
                                    : site.BaseFiles();
  if (const auto base = files_ == nullptr ? nullptr : site.Base()) {
    base_user_ = base->user;
  }
  has_made_links_ = absl::c_any_of(before_.changes, [](const auto& change) {
    return absl::c_any_of(change.made, [](const auto& file) {
      return file.second.type == ImageFile::kSymlink;
    });
  });
}

StageFile StageFiles::Lookup(absl::string_view path) const {
  if (files_ == nullptr || path == "/") return {};
  const ImageFile* entry = files_->Find(path);
  StageFile file = entry == nullptr ? StageFile{StageFile::kAbsent, {}}
                                    : StageFile{StageFile::kEntry, *entry};
  for (size_t i = 0; i < before_.changes.size(); ++i) {
    file = After(i, file, path);
  }
  return file;
}

std::optional<std::string> StageFiles::Follow(absl::string_view path) const {
  return FollowBefore(before_.changes.size(), path, /*follow_last=*/true);
}

std::optional<std::string> StageFiles::FollowFolders(
    absl::string_view path) const {
  return FollowBefore(before_.changes.size(), path, /*follow_last=*/false);
}

std::optional<std::string> StageFiles::FollowBefore(size_t end,
                                                    absl::string_view path,
                                                    bool follow_last) const {
  if (files_ == nullptr) return std::nullopt;
  if (!has_made_links_) return files_->Resolve(path, follow_last);
  return registry::ResolvePath(
      path, follow_last, [&](absl::string_view at) -> const ImageFile* {
        const ImageFile* file = files_->Find(at);
        return file != nullptr ? file : MadeLink(at, end);
      });
}

const ImageFile* StageFiles::MadeLink(absl::string_view path,
                                      size_t end) const {
  const ImageFile* link = nullptr;
  for (size_t i = 0; i < end; ++i) {
    const StageChange& change = before_.changes[i];
    if (change.kind != StageChange::kRun) continue;
    const auto made = change.made.find(path);
    if (made != change.made.end()) {
      const bool is_link = made->second.type == ImageFile::kSymlink;
      link = is_link ? &made->second : nullptr;
    } else if (link != nullptr && RunMayHaveChanged(change, path)) {
      link = nullptr;
    }
  }
  return link;
}

bool StageFiles::MayBeCopied(absl::string_view path) const {
  for (size_t i = 0; i < before_.changes.size(); ++i) {
    const StageChange& copy = before_.changes[i];
    if (copy.kind != StageChange::kCopy) continue;
    const std::optional<std::string>& target = PathOf(i);
    if (!target) return true;
    if (!IsAtOrBelow(path, *target)) continue;
    if (!copy.sources || listing_ == nullptr || files_ == nullptr) return true;
    for (const std::string& source : *copy.sources) {
      if (Arrival(copy, source, *target, path).kind != StageFile::kAbsent) {
        return true;
      }
    }
  }
  return false;
}

StageFile StageFiles::MadeFolder(const StageChange& copy, uint16_t mode) const {
  StageFile file{StageFile::kEntry, {}};
  file.entry.type = ImageFile::kFolder;
  file.entry.mode = mode;
  if (!copy.has_attributes) return file;
  const auto owner = copy.chown ? OwnerOf(*copy.chown, *files_) : std::nullopt;
  const auto chmod =
      copy.chmod == "" ? mode : OctalMode(copy.chmod.value_or(""));
  if (!owner || !chmod) {
    file.entry.mode = kUnknownMode;
    return file;
  }
  file.entry.user = owner->first;
  file.entry.group = owner->second;
  file.entry.mode = *chmod;
  return file;
}

std::vector<std::pair<std::string, std::string>> StageFiles::LinksBelow(
    const std::string& path) const {
  std::vector<std::pair<std::string, std::string>> links;
  const auto add = [&](const std::string& name, const ImageFile& file) {
    if (file.type == ImageFile::kSymlink && IsAtOrBelow(name, path)) {
      links.emplace_back(name, file.link);
    }
  };
  if (files_ != nullptr) {
    for (auto at = files_->entries.lower_bound(path);
         at != files_->entries.end() && absl::StartsWith(at->first, path);
         ++at) {
      add(at->first, at->second);
    }
  }
  for (const StageChange& change : before_.changes) {
    for (const auto& [name, file] : change.made) add(name, file);
  }
  return links;
}

bool StageFiles::HasOtherName(absl::string_view path) const {
  const ImageFile* file = files_ == nullptr ? nullptr : files_->Find(path);
  if (file == nullptr) return false;
  if (!file->hard_link.empty()) return true;
  if (!linked_) {
    linked_.emplace();
    for (const auto& [other, entry] : files_->entries) {
      if (!entry.hard_link.empty()) linked_->insert(entry.hard_link);
    }
  }
  return linked_->count(path) > 0;
}

const std::optional<std::string>& StageFiles::PathOf(size_t change) const {
  for (size_t i = before_.real_paths.size(); i <= change; ++i) {
    const auto& path = before_.changes[i].path;
    before_.real_paths.push_back(
        path ? FollowBefore(i, *path, /*follow_last=*/true) : std::nullopt);
  }
  return before_.real_paths[change];
}

StageFile StageFiles::After(size_t change, const StageFile& before,
                            absl::string_view path) const {
  const StageChange& what = before_.changes[change];
  if (what.kind == StageChange::kRun) {
    return AfterRun(what, before, path);
  }
  const std::optional<std::string>& target = PathOf(change);
  if (what.kind == StageChange::kCopy) {
    return target ? AfterCopy(what, *target, before, path) : StageFile();
  }
  return AfterWorkdir(what, target, before, path);
}

StageFile StageFiles::AfterWorkdir(const StageChange& workdir,
                                   const std::optional<std::string>& target,
                                   const StageFile& before,
                                   absl::string_view path) const {
  const bool may_make =
      before.kind == StageFile::kAbsent || before.only_from_run;
  if (before.kind == StageFile::kEntry || !may_make) return before;
  if (!target) return {};
  if (!IsAtOrBelow(*target, path)) return before;
  const std::string& user = workdir.user ? *workdir.user : base_user_;
  StageFile folder{StageFile::kEntry, {}};
  folder.entry.type = ImageFile::kFolder;
  folder.entry.mode = IsRootName(user) ? kUsualMode : kUnknownMode;
  return folder;
}

StageFile StageFiles::AfterCopy(const StageChange& copy,
                                const std::string& target, StageFile before,
                                absl::string_view path) const {
  const bool above = path != target && IsAtOrBelow(target, path);
  if (above) {
    return before.kind == StageFile::kAbsent ? MadeFolder(copy, kUsualMode)
                                             : before;
  }
  if (!IsAtOrBelow(path, target)) return before;
  const bool stays_folder =
      path == target && before.Is(ImageFile::kFolder) && !copy.unpacks;
  if (stays_folder) return before;
  if (path == target && copy.into_folder && !copy.unpacks &&
      before.kind == StageFile::kAbsent) {
    return MadeFolder(copy, kUsualMode);
  }
  if (!copy.sources || listing_ == nullptr) return {};
  StageFile file = std::move(before);
  for (const std::string& source : *copy.sources) {
    StageFile arrival = Arrival(copy, source, target, path);
    if (arrival.kind != StageFile::kAbsent) file = std::move(arrival);
  }
  return file;
}

StageFile StageFiles::Arrival(const StageChange& copy, absl::string_view source,
                              absl::string_view target,
                              absl::string_view path) const {
  const ContextTree tree(listing_);
  const auto found = tree.Follow(source);
  if (!found) return {};
  const bool is_folder = tree.IsFolder(found->entry);
  absl::string_view below = path;
  absl::ConsumePrefix(&below, target);
  absl::ConsumePrefix(&below, "/");
  if (below.empty()) {
    if (is_folder || copy.into_folder) return MadeFolder(copy, kUsualMode);
    const ImageFile* there = files_->Find(target);
    if (there != nullptr && there->type == ImageFile::kFolder) return {};
    return {StageFile::kEntry, {}};
  }
  if (!is_folder) {
    return below == source.substr(source.rfind('/') + 1)
               ? StageFile{StageFile::kEntry, {}}
               : StageFile{StageFile::kAbsent, {}};
  }
  const auto entry = EntryBelow(tree, found->entry, below);
  if (!entry) return {StageFile::kAbsent, {}};
  const context::Entry& arrives = tree.listing()[*entry];
  if (arrives.type == EntryType::kFolder) return MadeFolder(copy, arrives.mode);
  StageFile file{StageFile::kEntry, {}};
  if (arrives.type == EntryType::kSymlink) {
    file.entry.type = ImageFile::kSymlink;
  }
  return file;
}

}  // namespace ovenbird::rewrite
