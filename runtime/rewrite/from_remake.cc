#include "runtime/rewrite/from_remake.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::ShellCommand;

bool IsTouched(const StageState& state, const std::string& path) {
  return std::any_of(state.changes.begin(), state.changes.end(),
                     [&](const StageChange& change) {
                       return absl::StrContains(change.text, path) ||
                              (change.path && IsAtOrBelow(*change.path, path) &&
                               change.kind != StageChange::kRun);
                     });
}

// Whether the command leaves the pipe as `mkfifo` makes it.
bool LeavesUsual(const ShellCommand& command, const std::string& pipe) {
  const auto names = [&](const std::string& word) {
    return IsAtOrBelow(pipe, dockerfile::ResolvePath(word, command.folder));
  };
  const auto& words = command.arguments;
  if (command.name == "mkdir" || command.name == "cd" ||
      command.name == "echo" ||
      std::none_of(words.begin(), words.end(), names)) {
    return true;
  }
  return command.name == "mkfifo" &&
         std::none_of(words.begin(), words.end(), [](const auto& word) {
           return absl::StartsWith(word, "-");
         });
}

}  // namespace

std::optional<FolderMode> TargetFolderOf(const Site& site,
                                         const std::string& path, bool link) {
  const std::optional<bool> there = IsThere(site, path);
  if (!there) return std::nullopt;
  if (!*there) return FolderMode();
  const auto files = site.BaseFiles();
  if (link || files == nullptr || IsTouched(site.before, path)) {
    return std::nullopt;
  }
  const auto real = files->Resolve(path, /*follow_last=*/true);
  const ImageFile* folder = real ? files->Find(*real) : nullptr;
  if (folder == nullptr || folder->type != ImageFile::kFolder) {
    return std::nullopt;
  }
  return FolderMode{folder->mode, folder->user, folder->group};
}

std::string RemakePipe(const StageState& stage, const std::string& pipe,
                       const std::string& arrival) {
  if (!stage.user.value_or("").empty() && stage.user != "root") return "";
  for (const StageChange& change : stage.changes) {
    if (change.kind != StageChange::kRun) continue;
    dockerfile::ShellStart start;
    if (change.path) start.folder = *change.path;
    for (const ShellCommand& command :
         dockerfile::FindShellCommands(change.text, start)) {
      if (!LeavesUsual(command, pipe)) return "";
    }
  }
  return absl::StrCat("mkfifo ", arrival);
}

std::string Relink(const std::string& one, const std::string& other) {
  return absl::StrCat("if cmp -s ", one, " ", other, "; then ",
                      Touch("", {one}), " && ln -f ", one, " ", other, "; fi");
}

}  // namespace ovenbird::rewrite
