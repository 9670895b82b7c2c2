#include "runtime/rewrite/stage_commands.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;
using dockerfile::Stage;

std::optional<uint32_t> Octal(absl::string_view mode) {
  if (mode.empty() || mode.find_first_not_of("01234567") != mode.npos) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(
      std::strtoul(std::string(mode).c_str(), nullptr, 8));
}

// `4755`, `u+s`, `ug=rxs`.
bool SetsSetuid(const std::string& mode) {
  if (const auto bits = Octal(mode)) return (*bits & 06000) != 0;
  const size_t action = mode.find_first_of("+=");
  return action != mode.npos &&
         absl::StrContains(absl::string_view(mode).substr(action), 's');
}

bool IsKnown(absl::string_view path) {
  return absl::StartsWith(path, "/") && !HasWildcard(path);
}

// Returns the folder after a WORKDIR.
std::string FolderAfter(const std::string& folder, const std::string& workdir) {
  if (absl::StrContains(workdir, '$')) {
    return std::string(dockerfile::kUnknownFolder);
  }
  return dockerfile::ResolvePath(workdir, folder);
}

// Takes the mode of mkdir and mkfifo if `words[i]` is the option for it: `-m
// 700`, `-pm 700`, `-m700`, `--mode=700`. Moves `i` to the last word taken.
bool TakeMode(const std::vector<std::string>& words, size_t& i,
              std::string& mode) {
  absl::string_view word = words[i];
  if (absl::ConsumePrefix(&word, "--mode")) {
    if (absl::ConsumePrefix(&word, "=")) {
      mode = std::string(word);
      return true;
    }
  } else {
    const size_t letter = word.find('m');
    if (!absl::StartsWith(word, "-") || absl::StartsWith(word, "--") ||
        letter == word.npos) {
      return false;
    }
    word.remove_prefix(letter + 1);
  }
  if (!word.empty()) {
    mode = std::string(word);
  } else if (i + 1 < words.size()) {
    mode = words[++i];
  }
  return true;
}

}  // namespace

bool IsAtOrBelow(absl::string_view path, absl::string_view folder) {
  return folder == "/" ||
         (absl::StartsWith(path, folder) &&
          (path.size() == folder.size() || path[folder.size()] == '/'));
}

StageCommands::StageCommands(const std::vector<const Stage*>& chain) {
  std::string folder(dockerfile::kUnknownFolder);
  for (const Stage* stage : chain) ReadStage(*stage, folder);
  for (const std::string& folder : folders_) setuid_.erase(folder);
}

bool StageCommands::IsSpecialFolder(const std::string& path) const {
  return folders_.count(path) > 0 &&
         (special_.count(path) > 0 ||
          std::any_of(special_trees_.begin(), special_trees_.end(),
                      [&](const std::string& tree) {
                        return IsAtOrBelow(path, tree);
                      }));
}

void StageCommands::ReadStage(const Stage& stage, std::string& folder) {
  if (stage.base.text == "scratch") folder = "/";
  for (const Instruction& instruction : stage.instructions) {
    if (instruction.keyword == "WORKDIR") {
      folder = FolderAfter(folder, instruction.text);
    } else if (instruction.keyword == "RUN" && !instruction.exec_form) {
      dockerfile::ShellStart start;
      start.folder = folder;
      for (const ShellCommand& command : dockerfile::FindShellCommands(
               dockerfile::CommandText(instruction), start)) {
        Read(command);
      }
    }
  }
}

void StageCommands::Read(const ShellCommand& command) {
  const bool makes = command.name == "mkdir" || command.name == "mkfifo";
  bool recursive = false;
  bool symbolic = false;
  std::string mode;
  std::vector<std::string> words;
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const std::string& word = command.arguments[i];
    if (makes && TakeMode(command.arguments, i, mode)) continue;
    if (absl::StartsWith(word, "-") && word.size() > 1) {
      const bool letters = word[1] != '-';
      recursive = recursive || word == "--recursive" ||
                  (letters && absl::StrContains(word, 'R'));
      symbolic = symbolic || word == "--symbolic" ||
                 (letters && absl::StrContains(word, 's'));
    } else {
      words.push_back(word);
    }
  }
  std::string first = words.empty() ? "" : words[0];
  const bool has_first = command.name == "chmod" || command.name == "chown" ||
                         command.name == "setcap";
  if (has_first && !words.empty()) words.erase(words.begin());
  for (std::string& word : words) {
    word = dockerfile::ResolvePath(word, command.folder);
  }
  ReadTool(command, words);
  if (command.name == "mkdir") {
    ReadMkdir(mode, words);
  } else if (command.name == "mkfifo") {
    for (const std::string& path : words) {
      if (IsKnown(path)) fifos_.insert(path);
    }
  } else if (command.name == "ln") {
    ReadLink(symbolic, std::move(words));
  } else if (command.name == "chmod") {
    ReadChmod(recursive, first, words);
  } else if (command.name == "setcap") {
    // CAPABILITIES FILE CAPABILITIES FILE ...
    for (size_t i = 0; i < words.size(); i += 2) {
      if (IsKnown(words[i])) capabilities_.insert(words[i]);
    }
  } else if (command.name == "chown" && first != "root" && first != "0" &&
             first != "root:root" && first != "0:0") {
    Mark(recursive, words);
  }
}

void StageCommands::ReadTool(const ShellCommand& command,
                             const std::vector<std::string>& paths) {
  const auto has = [&](absl::string_view word) {
    return absl::c_linear_search(command.arguments, word);
  };
  const std::string& name = command.name;
  std::string tree;
  if (name == "npm" || name == "yarn" || name == "pnpm" || name == "bun") {
    if (!has("-g") && !has("--global")) tree = "node_modules";
  } else if (name == "composer") {
    tree = "vendor";
  } else if (name == "cargo") {
    tree = "target";
  } else if ((has("venv") || name == "virtualenv") && !paths.empty()) {
    if (IsKnown(paths.back())) link_trees_.insert(paths.back());
  }
  const std::string path = dockerfile::ResolvePath(tree, command.folder);
  if (tree.empty() || !IsKnown(path)) return;
  (name == "cargo" ? hard_link_trees_ : link_trees_).insert(path);
}

void StageCommands::ReadMkdir(const std::string& mode,
                              const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (!IsKnown(path)) continue;
    // What is above a folder is one, too.
    for (size_t end = path.find('/', 1); end != path.npos;
         end = path.find('/', end + 1)) {
      folders_.insert(path.substr(0, end));
    }
    folders_.insert(path);
  }
  const auto bits = Octal(mode);
  if (bits && *bits != 0755) Mark(false, paths);
}

void StageCommands::ReadChmod(bool recursive, const std::string& mode,
                              const std::vector<std::string>& paths) {
  const bool setuid = SetsSetuid(mode);
  for (const std::string& path : paths) {
    if (!absl::StartsWith(path, "/")) continue;
    if (setuid && recursive) {
      setuid_trees_.insert(path);
    } else if (setuid) {
      setuid_.insert(path);
    } else if (Octal(mode)) {
      setuid_.erase(path);
    }
  }
  const auto bits = Octal(mode);
  if (bits && *bits != 0755) Mark(recursive, paths);
}

// `ln A`, `ln A B`, `ln A B... FOLDER`.
void StageCommands::ReadLink(bool symbolic, std::vector<std::string> paths) {
  if (paths.size() < 2) return;
  const std::string target = paths.back();
  paths.pop_back();
  if (!IsKnown(target)) return;
  const bool into = paths.size() > 1 || IsFolder(target);
  for (const std::string& path : paths) {
    const std::string inside = absl::StrCat(target, "/", BaseName(path));
    if (symbolic) {
      if (!into) symlinks_.insert(target);
      symlinks_.insert(inside);
    } else if (IsKnown(path)) {
      hard_links_.emplace_back(path, into ? inside : target);
    }
  }
}

void StageCommands::Mark(bool recursive,
                         const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (IsKnown(path)) (recursive ? special_trees_ : special_).insert(path);
  }
}

}  // namespace ovenbird::rewrite
