#include "runtime/rewrite/named_paths.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "runtime/rewrite/stage_commands.h"

namespace ovenbird::rewrite {

using dockerfile::ShellCommand;

namespace {

// Those of a RUN.
std::vector<ShellCommand> CommandsOf(const StageChange& change) {
  if (change.kind != StageChange::kRun) return {};
  dockerfile::ShellStart start;
  if (change.path) start.folder = *change.path;
  return dockerfile::FindShellCommands(change.text, start);
}

}  // namespace

std::vector<std::string> PathsOf(const ShellCommand& command) {
  std::vector<std::string> paths;
  if (command.name == "cd" || command.name == "mkdir") return paths;
  for (const auto* words : {&command.arguments, &command.outputs}) {
    for (const std::string& word : *words) {
      if (absl::StartsWith(word, "-")) continue;
      paths.push_back(dockerfile::ResolvePath(word, command.folder));
    }
  }
  return paths;
}

bool AreAbove(const std::vector<std::string>& paths, const std::string& path) {
  return std::any_of(paths.begin(), paths.end(), [&](const auto& one) {
    return one != "/" && absl::StartsWith(one, "/") && IsAtOrBelow(path, one);
  });
}

bool HasOption(const ShellCommand& command, absl::string_view name,
               char letter) {
  return std::any_of(command.arguments.begin(), command.arguments.end(),
                     [&](const std::string& word) {
                       return word == name || (absl::StartsWith(word, "-") &&
                                               !absl::StartsWith(word, "--") &&
                                               absl::StrContains(word, letter));
                     });
}

bool MakesHardLinks(const ShellCommand& command) {
  return (command.name == "ln" && !HasOption(command, "--symbolic", 's')) ||
         (command.name == "cp" && HasOption(command, "--link", 'l'));
}

bool IsWrittenBefore(const Site& site, const std::string& path) {
  for (const StageChange& change : site.before.changes) {
    if (change.kind == StageChange::kCopy && change.path &&
        *change.path != "/" && IsAtOrBelow(path, *change.path)) {
      return true;
    }
    for (const ShellCommand& command : CommandsOf(change)) {
      if (AreAbove(PathsOf(command), path)) return true;
    }
  }
  return false;
}

std::vector<std::string> LinkedBefore(const Site& site) {
  std::vector<std::string> linked;
  for (const StageChange& change : site.before.changes) {
    for (const ShellCommand& command : CommandsOf(change)) {
      if (!MakesHardLinks(command)) continue;
      for (std::string& path : PathsOf(command)) {
        linked.push_back(std::move(path));
      }
    }
  }
  return linked;
}

}  // namespace ovenbird::rewrite
