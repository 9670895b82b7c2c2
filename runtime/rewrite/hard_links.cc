#include "runtime/rewrite/hard_links.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/link_targets.h"
#include "runtime/rewrite/named_paths.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Instruction;
using dockerfile::ShellCommand;

// Whether the stage's files are in the image that is built.
bool IsOfTarget(const Site& site) {
  const auto chain = ChainOf(site, site.request.target);
  return std::find(chain.begin(), chain.end(), &site.stage) != chain.end();
}

bool CopiesFolders(const ShellCommand& command) {
  return HasOption(command, "--recursive", 'r') ||
         HasOption(command, "--recursive", 'R') ||
         HasOption(command, "--archive", 'a');
}

// A file of an earlier layer that the layer needs, too.
struct OldFile {
  std::string path;
  bool is_tree = false;
  // A symlink leads to it.
  bool is_target = false;
};

// Whether the base image has a file there, or with `tree` a folder.
bool IsOfBase(const Site& site, const std::string& path, bool tree) {
  const auto files = site.BaseFiles();
  if (files == nullptr) return false;
  const auto real = files->Resolve(path, /*follow_last=*/false);
  const ImageFile* file = real ? files->Find(*real) : nullptr;
  return file != nullptr && (file->type == ImageFile::kFile ||
                             (tree && file->type == ImageFile::kFolder));
}

bool MatchesBase(const Site& site, const std::string& pattern) {
  const auto files = site.BaseFiles();
  return files != nullptr &&
         absl::c_any_of(files->entries, [&](const auto& entry) {
           return entry.second.type == ImageFile::kFile &&
                  Below(pattern, entry.first) == "";
         });
}

// Whether a shell reads the path, and its wildcards, without quotes.
bool IsPlainPattern(std::string path) {
  absl::c_replace_if(
      path, [](char c) { return c == '*' || c == '?'; }, 'x');
  return IsPlainPath(path);
}

// The files with several names of which `mv` changes one: the layer needs the
// others, too.
void AddMoved(const Site& site, const std::vector<std::string>& paths,
              const std::vector<std::string>& named,
              std::vector<OldFile>& old) {
  const StageFiles files(site);
  for (size_t i = 0; i + 1 < paths.size(); ++i) {
    const auto real = absl::StartsWith(paths[i], "/")
                          ? files.FollowFolders(paths[i])
                          : std::nullopt;
    if (real && !AreAbove(named, paths[i]) &&
        files.Lookup(*real).Is(ImageFile::kFile) && files.HasOtherName(*real)) {
      old.push_back({paths[i]});
    }
  }
}

// The files to which symlinks lead that the command puts into the layer.
// `finder` is made when it is needed: it reads all RUN lines before.
void AddTargets(const Site& site, const ShellCommand& command,
                const std::vector<std::string>& named,
                std::optional<LinkTargets>& finder, std::vector<OldFile>& old) {
  if (site.Can(Capability::kSymlinkTargets) || !MayBringLinks(command)) return;
  if (!finder) finder.emplace(site);
  for (std::string& path : finder->Of(command)) {
    if (!AreAbove(named, path))
      old.push_back({std::move(path), false, /*is_target=*/true});
  }
}

// The files of earlier layers that get another name, as far as they are known.
std::vector<OldFile> OldFilesOf(const Site& site, const Instruction& run) {
  std::vector<OldFile> old;
  // Paths that this RUN has named before: they may be of its own layer.
  std::vector<std::string> named;
  std::optional<LinkTargets> finder;
  for (const ShellCommand& command : CommandsOf(site, run)) {
    const std::vector<std::string> paths = PathsOf(command);
    const bool tree = command.name == "cp" && CopiesFolders(command);
    // `ln FILE` makes the link in the folder where it runs.
    const size_t sources = paths.size() > 1 ? paths.size() - 1 : paths.size();
    const bool hard = MakesHardLinks(command);
    if (command.name == "mv") AddMoved(site, paths, named, old);
    AddTargets(site, command, named, finder, old);
    for (size_t i = 0; hard && i < sources; ++i) {
      const std::string& path = paths[i];
      if (!absl::StartsWith(path, "/") || AreAbove(named, path)) continue;
      if (HasWildcard(path)
              ? MatchesBase(site, path)
              : IsWrittenBefore(site, path) || IsOfBase(site, path, tree)) {
        old.push_back({path, tree});
      }
    }
    named.insert(named.end(), paths.begin(), paths.end());
  }
  return old;
}

}  // namespace

void KeepNewNames(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  const std::string text = dockerfile::CommandText(run);
  if ((!absl::StrContains(text, "ln") && !absl::StrContains(text, "cp") &&
       !absl::StrContains(text, "mv ") && !absl::StrContains(text, "chown")) ||
      !IsOfTarget(site)) {
    return;
  }
  const std::vector<OldFile> old = OldFilesOf(site, run);
  if (old.empty()) return;
  const bool can_touch =
      std::all_of(old.begin(), old.end(), [](const OldFile& file) {
        return !file.is_tree && IsPlainPattern(file.path);
      });
  if (!can_touch || !TakesPrefix(site, run)) {
    if (old[0].is_target) {
      ReportSeparated(site, run.span, old[0].path);
    } else {
      site.Report(
          run.span,
          absl::StrCat("may copy `", old[0].path,
                       "`, which is in an earlier layer, instead of creating a "
                       "hard link"),
          "use a symlink, or create the file and the link in one RUN");
    }
    return;
  }
  std::vector<std::string> paths;
  for (const OldFile& file : old) paths.push_back(file.path);
  AddPrefix(absl::StrCat(Touch("-c ", paths), " || :;"), draft);
  draft.Because("kaniko keeps a hard link only to a file of the same layer");
}

}  // namespace ovenbird::rewrite
