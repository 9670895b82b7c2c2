#include "runtime/rewrite/workdir.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/context/door.h"
#include "runtime/context/tar.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/accounts.h"
#include "runtime/rewrite/cache_names.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

bool IsRun(const Instruction& instruction) {
  return instruction.keyword == "RUN";
}

// The executor unpacks the base image's files only for these. A layer from the
// cache does without them.
bool Unpacks(const Site& site, const Instruction& instruction) {
  return (IsRun(instruction) && !site.request.cache) ||
         (instruction.keyword == "COPY" && !CachesCopies(site)) ||
         instruction.keyword == "ADD";
}

// The executor may have no files of the base image.
bool IsNotUnpacked(const Site& site) {
  return !site.stage.instructions.empty() && !site.before.from_scratch &&
         absl::c_none_of(site.stage.instructions,
                         [&](const Instruction& instruction) {
                           return Unpacks(site, instruction);
                         });
}

// Whether an instruction before has made the folder.
bool IsMade(const Site& site, absl::string_view folder) {
  return absl::c_any_of(site.before.changes, [&](const StageChange& change) {
    return change.kind == StageChange::kWorkdir && change.path &&
           absl::StartsWith(absl::StrCat(*change.path, "/"),
                            absl::StrCat(folder, "/"));
  });
}

// Folders above the path that may be missing, from the top on: kaniko makes
// them for root.
std::vector<std::string> FoldersAbove(const Site& site,
                                      const std::string& path) {
  std::vector<std::string> folders;
  for (size_t at = path.find('/', 1); at != path.npos;
       at = path.find('/', at + 1)) {
    std::string folder = path.substr(0, at);
    if (!IsMade(site, folder)) folders.push_back(std::move(folder));
  }
  if (folders.empty()) return folders;
  if (const auto files = site.BaseFiles()) {
    const auto there = [&](const std::string& folder) {
      const auto real = files->Resolve(folder, /*follow_last=*/true);
      return real && files->Find(*real) != nullptr;
    };
    folders.erase(std::remove_if(folders.begin(), folders.end(), there),
                  folders.end());
  }
  return folders;
}

Instruction Workdir(const Site& site, absl::string_view path) {
  return MakeInstruction("WORKDIR",
                         EscapeWord(path, site.request.dockerfile->escape));
}

Instruction User(const Site& site, absl::string_view user) {
  return MakeInstruction("USER",
                         EscapeWord(user, site.request.dockerfile->escape));
}

bool MayBeSpecial(const Site& site, const StageFiles& files,
                  const std::string& path) {
  const StageFile file = files.Lookup(path);
  const size_t stage = static_cast<size_t>(site.stage.index);
  const bool is_of_image =
      stage >= site.earlier.base_of.size() || site.earlier.base_of[stage] < 0;
  // What instructions have made comes from the cache, too.
  if (is_of_image && files.has_base() &&
      absl::c_any_of(site.stage.instructions, IsRun)) {
    const ImageFile* of_base = files.OfBase(path);
    return of_base != nullptr &&
           !StageFile{StageFile::kEntry, *of_base}.IsUsualFolder();
  }
  if (file.kind != StageFile::kUnknown) {
    return file.kind == StageFile::kEntry && !file.IsUsualFolder();
  }
  // An earlier stage may have made it, or the base image is not known.
  return path == "/root" || path == "/tmp" || path == "/var/tmp" ||
         absl::StartsWith(path, "/home/") ||
         absl::c_any_of(site.before.changes, [](const StageChange& change) {
           return change.kind != StageChange::kWorkdir;
         });
}

// The path or a folder above it that the base image may have otherwise than the
// executor makes it: as a symlink, or with another mode or owner. "": none.
std::string SpecialFolder(const Site& site, const StageFiles& files,
                          const std::string& path) {
  if (IsMade(site, path)) return "";
  for (size_t at = path.find('/', 1); true; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (MayBeSpecial(site, files, folder)) return folder;
    if (at == path.npos) return "";
  }
}

// A COPY of an empty folder onto the top: the executor unpacks the base image
// for it. With the cache it is an ADD, which no executor takes from there.
Instruction Unpack(const Site& site, Draft& draft) {
  const std::string folder = absl::StrCat(context::kOwnFolder, "/top");
  context::MemoryFile file;
  file.path = absl::StrCat(folder, "/empty");
  file.folder = true;
  Instruction copy = MakeInstruction(site.request.cache ? "ADD" : "COPY", "");
  copy.words = {DoorWord(file.path, "/"), SourceWord("/")};
  draft.files.push_back(std::move(file));
  draft.content_only.push_back(folder);
  draft.Because("kaniko does not know the base image's folders without this");
  return copy;
}

void ReportFile(const Site& site, const Instruction& workdir,
                const std::string& path) {
  site.Report(workdir.text_span,
              absl::StrCat("uses `", path,
                           "`, which is a file of the base image, as WORKDIR"),
              "name a folder: other builders fail here");
}

}  // namespace

void KeepFolder(const Site& site, Draft& draft) {
  const Instruction& workdir = draft.original();
  const auto path = site.before.PathOf(workdir.text);
  if (!path || *path == "/" || !IsNotUnpacked(site)) return;
  const StageFiles files(site);
  const auto real = files.Follow(*path);
  if (real && files.Lookup(*real).IsNoFolder()) {
    ReportFile(site, workdir, *path);
    return;
  }
  const std::string special = SpecialFolder(site, files, *path);
  if (special.empty()) return;
  if (site.request.listing == nullptr) {
    site.Report(
        workdir.text_span,
        absl::StrCat("recreates the folder `", special, "` with root as owner"),
        site.request.cache ? "add an ADD to the stage"
                           : "add a RUN, COPY or ADD to the stage");
    return;
  }
  draft.instructions.insert(draft.instructions.begin(), Unpack(site, draft));
}

void KeepFoldersOfVolume(const Site& site, Draft& draft) {
  if (!site.request.cache || site.request.listing == nullptr ||
      !IsNotUnpacked(site)) {
    return;
  }
  const StageFiles files(site);
  for (const dockerfile::Word& word : draft.original().words) {
    const auto path = KnownValue(site.before.scope, word.text);
    if (!path || !absl::StartsWith(*path, "/") ||
        SpecialFolder(site, files, *path).empty()) {
      continue;
    }
    draft.instructions.insert(draft.instructions.begin(), Unpack(site, draft));
    return;
  }
}

void RewriteWorkdir(const Site& site, Draft& draft) {
  const Instruction& workdir = draft.original();
  const auto path = site.before.PathOf(workdir.text);
  std::vector<Instruction> sent;
  // What makes the folders with a command needs none of what follows.
  if (!site.Can(dockerfile::Capability::kWorkdirOwner)) return;
  const auto user = path == "/" ? std::nullopt : site.User();
  if (user && !IsRoot(*user)) {
    auto numbers = NumbersFor(site, *user);
    if (!numbers && !absl::StrContains(*user, ':') && !NumbersOf(site, *user)) {
      // A RUN has changed them.
      const auto group = GroupNameOfUser(site, *user);
      if (group) numbers = absl::StrCat(*user, ":", *group);
    }
    if (numbers) {
      sent.push_back(User(site, *numbers));
      draft.Because("kaniko gives the folder a different group");
    }
    uint32_t number = 0;
    if (!numbers && IsNotUnpacked(site) &&
        !absl::SimpleAtoi(user->substr(0, user->find(':')), &number)) {
      if (site.request.cache && site.request.listing != nullptr) {
        sent.push_back(Unpack(site, draft));
      } else {
        site.Report(workdir.text_span,
                    absl::StrCat("does not find the user `", *user,
                                 "` in a stage without RUN, COPY and ADD"),
                    "put WORKDIR before USER, or use the user's ID");
      }
    }
    if (path) {
      for (const std::string& folder : FoldersAbove(site, *path)) {
        sent.push_back(Workdir(site, folder));
        draft.Because("kaniko makes root the owner of the parent folders");
      }
    }
    // It is seen from the folder before.
    if (!sent.empty() && path) {
      for (Instruction& each : draft.instructions) {
        if (each.keyword == "WORKDIR") each = Workdir(site, *path);
      }
    }
    if (numbers) draft.instructions.push_back(User(site, *user));
  }
  draft.instructions.insert(draft.instructions.begin(), sent.begin(),
                            sent.end());
}

void RestoreWorkdir(const Site& site, Draft& draft) {
  const auto& changes = site.before.changes;
  const auto& folder = site.before.folder;
  if (!folder || *folder == "/" || changes.empty() ||
      changes.back().kind != StageChange::kRun) {
    return;
  }
  const StageChange& run = changes.back();
  dockerfile::ShellStart start;
  if (run.path) start.folder = *run.path;
  bool deleted = false;
  for (const auto& command : dockerfile::FindShellCommands(run.text, start)) {
    std::vector<std::string> paths = dockerfile::DeletionsOf(command);
    if (command.name == "rmdir") {
      for (const std::string& argument : command.arguments) {
        paths.push_back(dockerfile::ResolvePath(argument, command.folder));
      }
    }
    for (const std::string& path : paths) {
      deleted =
          deleted || path == *folder || dockerfile::LiesBelow(*folder, path);
    }
    for (const auto& write : dockerfile::WritesOf(command)) {
      deleted = deleted && write.path != *folder;
    }
  }
  if (!deleted) return;
  std::vector<Instruction> sent = {Workdir(site, *folder)};
  const auto user = site.User();
  if (user && !IsRoot(*user)) {
    sent.insert(sent.begin(), User(site, "root"));
    sent.push_back(User(site, *user));
  }
  draft.Because("RUN creates the folder of WORKDIR if it is missing");
  draft.instructions.insert(draft.instructions.begin(), sent.begin(),
                            sent.end());
}

}  // namespace ovenbird::rewrite
