#include "runtime/rewrite/stage_commands.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;
using dockerfile::Stage;

// `4755`, `u+s`, `ug=rxs`.
bool SetsSetuid(const std::string& mode) {
  if (const auto bits = OctalMode(mode)) return (*bits & 06000) != 0;
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

bool Unpacks(absl::string_view name, absl::string_view letters,
             const std::vector<std::string>& words) {
  if (name == "tar" || name == "bsdtar") {
    // `tar xf`, without a dash.
    const bool old_form = !words.empty() && !absl::StartsWith(words[0], "-") &&
                          absl::StrContains(words[0], 'x');
    return old_form || absl::StrContains(letters, 'x') ||
           absl::c_linear_search(words, "--extract");
  }
  return name == "cpio" || name == "unzip" ||
         (name == "git" && !words.empty() &&
          (words[0] == "clone" || words[0] == "checkout"));
}

// A script, or a build's own rules for its installation.
bool RunsScript(const ShellCommand& command) {
  static const auto& shells =
      *new std::set<std::string>{"ash", "bash", "dash", "sh", "zsh"};
  static const auto& builders =
      *new std::set<std::string>{"cmake", "make", "meson", "ninja"};
  const auto has = [&](absl::string_view word) {
    return absl::c_any_of(command.arguments, [&](absl::string_view one) {
      return absl::StartsWith(one, word);
    });
  };
  if (builders.count(command.name) > 0)
    return has("install") || has("--install");
  if (shells.count(command.name) > 0) return !has("-c");
  return absl::EndsWith(command.name, ".sh");
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
  return folders_.count(path) > 0 && HasOwnMode(path);
}

bool StageCommands::MayBeProgramLink(const std::string& path) const {
  const absl::string_view folder = BaseName(FolderOf(path));
  if (folder != "bin" && folder != ".bin" && folder != "sbin") return false;
  return links_programs_ ||
         absl::c_any_of(link_trees_, [&](const std::string& tree) {
           return IsAtOrBelow(path, tree);
         });
}

bool StageCommands::HasOwnMode(const std::string& path) const {
  return special_.count(path) > 0 ||
         absl::c_any_of(special_trees_, [&](const std::string& tree) {
           return IsAtOrBelow(path, tree);
         });
}

bool StageCommands::MayHaveOwnMode(const std::string& path) const {
  return HasOwnMode(path) ||
         absl::c_any_of(brought_, [&](const std::string& target) {
           return IsAtOrBelow(path, target);
         });
}

bool StageCommands::IsMadeFolder(const std::string& path) const {
  return absl::c_any_of(made_folders_, [&](const std::string& folder) {
    return IsAtOrBelow(folder, path);
  });
}

void StageCommands::ReadStage(const Stage& stage, std::string& folder) {
  if (stage.base.text == "scratch") folder = "/";
  for (const Instruction& instruction : stage.instructions) {
    const std::string& keyword = instruction.keyword;
    const bool copies = keyword == "COPY" || keyword == "ADD";
    if (copies) chowned_trees_.clear();
    if (copies || keyword == "RUN") owned_trees_.clear();
    if (keyword == "WORKDIR") {
      folder = FolderAfter(folder, instruction.text);
      if (IsKnown(folder)) made_folders_.insert(folder);
    } else if (keyword == "USER") {
      user_ =
          IsRoot(instruction.text) || absl::StrContains(instruction.text, '$')
              ? ""
              : instruction.text;
    } else if (keyword == "RUN" && !instruction.exec_form) {
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
  bool symbolic = false;
  std::string mode;
  std::string letters;
  std::vector<std::string> words;
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const std::string& word = command.arguments[i];
    if (makes && TakeMode(command.arguments, i, mode)) continue;
    if (absl::StartsWith(word, "-") && word.size() > 1) {
      if (word[1] != '-') absl::StrAppend(&letters, word.substr(1));
      if (word == "--recursive") letters += 'R';
      if (word == "--no-dereference") letters += 'h';
      symbolic = symbolic || word == "--symbolic";
    } else {
      words.push_back(word);
    }
  }
  const bool recursive = absl::StrContains(letters, 'R');
  symbolic = symbolic || absl::StrContains(letters, 's');
  std::string first = words.empty() ? "" : words[0];
  const bool has_first = command.name == "chmod" || command.name == "chown" ||
                         command.name == "setcap";
  if (has_first && !words.empty()) words.erase(words.begin());
  for (std::string& word : words) {
    word = dockerfile::ResolvePath(word, command.folder);
  }
  // Others may make a file with another owner.
  if (!has_first && command.name != "rm") owned_trees_.clear();
  ForgetWritten(command, words);
  for (const std::string& output : command.outputs) {
    if (IsKnown(output)) written_.insert(output);
  }
  ReadTool(command, words);
  ReadLinkMaker(command, letters, words);
  if (command.name == "mv" ||
      (command.name == "cp" &&
       (letters.find_first_of("ap") != letters.npos ||
        absl::c_linear_search(command.arguments, "--archive")))) {
    ReadMove(command, words);
  }
  ReadBringing(command, words);
  if (command.name == "mkdir") {
    ReadMkdir(mode, words);
  } else if (command.name == "mknod") {
    if (words.size() > 1 && absl::c_linear_search(command.arguments, "p") &&
        IsKnown(words[0])) {
      fifos_.insert(words[0]);
    }
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
  } else if (command.name == "chown") {
    ReadChown(letters, first, words);
  }
}

void StageCommands::ReadMove(const ShellCommand& command,
                             const std::vector<std::string>& paths) {
  if (paths.size() < 2 || !IsKnown(paths.back())) return;
  const std::string& target = paths.back();
  const bool into = paths.size() > 2 || IsFolder(target) ||
                    absl::EndsWith(command.arguments.back(), "/");
  for (size_t i = 0; i + 1 < paths.size(); ++i) {
    const std::string& from = paths[i];
    if (!IsKnown(from) || from == "/") continue;
    const std::string to =
        into ? absl::StrCat(target, "/", BaseName(from)) : target;
    moves_.emplace_back(from, to);
    const auto moved = [&](const std::string& path) {
      return absl::StrCat(to, path.substr(from.size()));
    };
    for (const std::string& path : std::set<std::string>(setuid_)) {
      if (IsAtOrBelow(path, from)) setuid_.insert(moved(path));
    }
    if (command.name != "mv") continue;
    for (auto& [one, other] : hard_links_) {
      if (IsAtOrBelow(one, from)) one = moved(one);
      if (IsAtOrBelow(other, from)) other = moved(other);
    }
  }
}

void StageCommands::ForgetWritten(const ShellCommand& command,
                                  const std::vector<std::string>& paths) {
  std::vector<std::string> gone = dockerfile::DeletionsOf(command);
  if (command.name == "mv") gone = paths;
  for (const std::string& path : gone) {
    if (!IsKnown(path)) {
      written_.clear();
      return;
    }
    for (auto file = written_.begin(); file != written_.end();) {
      file = IsAtOrBelow(*file, path) ? written_.erase(file) : std::next(file);
    }
  }
}

void StageCommands::ReadTool(const ShellCommand& command,
                             const std::vector<std::string>& paths) {
  const auto has = [&](absl::string_view word) {
    return absl::c_linear_search(command.arguments, word);
  };
  const std::string& name = command.name;
  std::string tree;
  links_programs_ =
      links_programs_ || name == "corepack" || name == "update-alternatives";
  if (name == "npm" || name == "yarn" || name == "pnpm" || name == "bun") {
    const bool global = has("-g") || has("--global") || has("global");
    links_programs_ = links_programs_ || global;
    if (!global) tree = "node_modules";
  } else if (name == "composer") {
    tree = "vendor";
  } else if (name == "uv" && !has("pip")) {
    tree = ".venv";
  } else if (name == "cargo") {
    tree = "target";
  } else if ((has("venv") || name == "virtualenv") && !paths.empty()) {
    if (IsKnown(paths.back())) {
      link_trees_.insert(paths.back());
      AddLink(paths.back());
    }
  }
  const std::string path = dockerfile::ResolvePath(tree, command.folder);
  if (tree.empty() || !IsKnown(path)) return;
  if (name == "cargo") {
    hard_link_trees_.insert(path);
  } else {
    link_trees_.insert(path);
    AddLink(path);
  }
}

void StageCommands::ReadLinkMaker(const ShellCommand& command,
                                  absl::string_view letters,
                                  const std::vector<std::string>& paths) {
  const std::string& name = command.name;
  const auto has = [&](absl::string_view word) {
    return absl::c_linear_search(command.arguments, word);
  };
  const bool keeps_links =
      name == "mv" || name == "rsync" ||
      (name == "cp" && (letters.find_first_of("adPRr") != letters.npos ||
                        has("--archive") || has("--no-dereference")));
  if (keeps_links && !paths.empty()) {
    if (IsKnown(paths.back())) link_makers_.insert(paths.back());
  } else if (Unpacks(name, letters, command.arguments)) {
    for (const std::string& path : paths) {
      if (IsKnown(path)) link_makers_.insert(path);
    }
    if (IsKnown(command.folder)) link_makers_.insert(command.folder);
  } else if (RunsScript(command)) {
    link_makers_.insert("/");
  }
}

bool StageCommands::MayBeLink(const std::string& path) const {
  return written_.count(path) == 0 && !IsFolder(path) &&
         absl::c_any_of(link_makers_, [&](const std::string& target) {
           return IsAtOrBelow(path, target);
         });
}

void StageCommands::ReadBringing(const ShellCommand& command,
                                 const std::vector<std::string>& paths) {
  static const auto& copying =
      *new std::set<std::string>{"cp", "install", "mv", "rsync"};
  static const auto& users = *new std::set<std::string>{"adduser", "useradd"};
  static const auto& packages = *new std::set<std::string>{
      "apk", "apt", "apt-get", "dnf", "microdnf", "yum", "zypper"};
  if (command.name == "umask") {
    brought_.insert("/");
  } else if (copying.count(command.name) > 0 && !paths.empty()) {
    const std::string& target = paths.back();
    brought_.insert(IsKnown(target) ? target : "/");
  } else if (packages.count(command.name) > 0) {
    brought_.insert({"/etc", "/run", "/srv", "/var"});
  } else if (users.count(command.name) > 0) {
    // Homes have modes of their own.
    brought_.insert("/home");
    AddHome(command);
    for (const std::string& path : paths) {
      if (IsKnown(path)) brought_.insert(path);
    }
  }
}

void StageCommands::AddHome(const ShellCommand& command) {
  const std::vector<std::string>& words = command.arguments;
  const auto has = [&](absl::string_view word) {
    return absl::c_linear_search(words, word);
  };
  const bool makes = command.name == "useradd"
                         ? has("-m") || has("--create-home")
                         : !has("-H") && !has("--no-create-home") &&
                               !has("--system") && !has("-S");
  if (!makes || words.empty() || absl::StartsWith(words.back(), "-")) return;
  std::string home = absl::StrCat("/home/", words.back());
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const bool names_home = words[i] == "-d" || words[i] == "-h" ||
                            words[i] == "--home" || words[i] == "--home-dir";
    if (names_home) home = words[i + 1];
  }
  if (!IsKnown(home)) return;
  made_folders_.insert(home);
  special_.insert(home);
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
  const auto bits = OctalMode(mode);
  if (bits && *bits != kUsualMode) Mark(false, paths);
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
    } else if (OctalMode(mode)) {
      setuid_.erase(path);
    }
  }
  // `+x` gives a folder nothing that it does not have.
  const auto bits = OctalMode(mode);
  if (bits ? *bits != kUsualMode
           : mode != "+x" && mode != "a+x" && mode != "u+x") {
    Mark(recursive, paths);
  }
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
      for (const std::string& link : {inside, into ? inside : target}) {
        symlinks_.insert(link);
        AddLink(link);
      }
    } else if (IsKnown(path)) {
      hard_links_.emplace_back(path, into ? inside : target);
    }
  }
}

// With -R it changes symlinks themselves, as with -h.
void StageCommands::ReadChown(absl::string_view options,
                              const std::string& owner,
                              const std::vector<std::string>& paths) {
  const bool recursive = absl::StrContains(options, 'R');
  if (!IsRoot(owner)) Mark(recursive, paths);
  if (!recursive && !absl::StrContains(options, 'h')) return;
  for (const std::string& path : paths) {
    for (const auto* links : {&symlinks_, &link_trees_}) {
      for (const std::string& link : *links) {
        if (link != path && !(recursive && IsAtOrBelow(link, path))) continue;
        if (IsRoot(owner)) {
          link_owners_.erase(link);
        } else {
          link_owners_[link] = owner;
        }
      }
    }
    if (!recursive || !IsKnown(path)) continue;
    owned_trees_[path] = owner;
    chowned_trees_[path] = owner;
  }
}

void StageCommands::AddLink(const std::string& path) {
  if (user_.empty()) {
    link_owners_.erase(path);
  } else {
    link_owners_[path] = user_;
  }
}

std::string StageCommands::OwnerOfTree(const std::string& folder) const {
  for (const auto& [tree, owner] : owned_trees_) {
    if (IsAtOrBelow(folder, tree)) return owner;
  }
  return "";
}

bool StageCommands::IsChowned(const std::string& path) const {
  return absl::c_any_of(chowned_trees_, [&](const auto& item) {
    return IsAtOrBelow(path, item.first) && !IsRoot(item.second);
  });
}

void StageCommands::Mark(bool recursive,
                         const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (IsKnown(path)) (recursive ? special_trees_ : special_).insert(path);
  }
}

}  // namespace ovenbird::rewrite
