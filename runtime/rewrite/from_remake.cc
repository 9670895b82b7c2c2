#include "runtime/rewrite/from_remake.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/stage_commands.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::ShellCommand;

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
