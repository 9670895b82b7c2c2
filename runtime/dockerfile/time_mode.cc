#include "runtime/dockerfile/time_mode.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "runtime/dockerfile/shell_writes.h"

namespace ovenbird::dockerfile {
namespace {

// Folders that every base image has.
constexpr absl::string_view kSystemFolders[] = {"$HOME",
                                                "/",
                                                "/bin",
                                                "/boot",
                                                "/dev",
                                                "/etc",
                                                "/home",
                                                "/lib",
                                                "/lib64",
                                                "/media",
                                                "/mnt",
                                                "/opt",
                                                "/proc",
                                                "/root",
                                                "/run",
                                                "/sbin",
                                                "/srv",
                                                "/sys",
                                                "/tmp",
                                                "/usr",
                                                "/usr/bin",
                                                "/usr/lib",
                                                "/usr/local",
                                                "/usr/local/bin",
                                                "/usr/local/lib",
                                                "/usr/local/sbin",
                                                "/usr/local/share",
                                                "/usr/sbin",
                                                "/usr/share",
                                                "/usr/src",
                                                "/var",
                                                "/var/cache",
                                                "/var/lib",
                                                "/var/log",
                                                "/var/run",
                                                "/var/spool",
                                                "/var/tmp",
                                                "/var/www",
                                                "/var/www/html"};

// Languages whose programs can be a command's argument.
constexpr absl::string_view kInterpreters[] = {"node", "perl", "php", "python",
                                               "ruby"};

// The mode of system files that hardly anybody writes anew is rarely changed to
// another one.
bool IsSystemFolder(absl::string_view path) {
  return std::find(std::begin(kSystemFolders), std::end(kSystemFolders),
                   path) != std::end(kSystemFolders);
}

// `/srv/*.sh` -> `/srv`, and the same text for a path without a pattern.
absl::string_view WithoutGlob(absl::string_view path) {
  const size_t glob = path.find_first_of("*?[{");
  if (glob == absl::string_view::npos) return path;
  const size_t slash = path.substr(0, glob).rfind('/');
  return slash == 0 || slash == absl::string_view::npos
             ? path.substr(0, slash == 0 ? 1 : glob)
             : path.substr(0, slash);
}

bool IsAtOrBelow(absl::string_view path, absl::string_view folder) {
  return path == folder || LiesBelow(path, folder);
}

// A name that only the shell knows, of a file that it has just made.
bool IsTemporary(absl::string_view path) {
  return absl::StartsWith(path, "$(mktemp") ||
         absl::StartsWith(path, "`mktemp");
}

// Sets the owner that copied files have already.
bool SetsRoot(const ShellCommand& command) {
  if (command.name != "chown" && command.name != "chgrp") return false;
  for (const std::string& word : command.arguments) {
    if (absl::StartsWith(word, "-")) continue;
    for (const char* root : {"root", "0", "root:root", "0:0", "root:", "0:"}) {
      if (word == root) return true;
    }
    return false;
  }
  return false;
}

// Applies `u+w,go-x` to the permissions; other strings change all of them.
int ApplyMode(absl::string_view mode, int permissions) {
  static constexpr std::pair<char, int> kWho[] = {
      {'u', 0700}, {'g', 0070}, {'o', 0007}, {'a', 0777}};
  static constexpr std::pair<char, int> kWhat[] = {
      {'r', 0444}, {'w', 0222}, {'x', 0111}};
  for (absl::string_view clause : absl::StrSplit(mode, ',')) {
    const size_t sign = clause.find_first_of("+-");
    if (sign == absl::string_view::npos ||
        clause.find_first_not_of("rwxX", sign + 1) != absl::string_view::npos) {
      return ~permissions;
    }
    int who = sign == 0 ? 0777 : 0;
    for (const auto& [letter, bits] : kWho) {
      if (absl::StrContains(clause.substr(0, sign), letter)) who |= bits;
    }
    int what = 0;
    for (const auto& [letter, bits] : kWhat) {
      if (absl::StrContains(clause.substr(sign), letter)) what |= bits;
    }
    if (absl::StrContains(clause, 'X') && (permissions & 0111) != 0) {
      what |= 0111;
    }
    const int bits = who & what;
    permissions =
        clause[sign] == '+' ? permissions | bits : permissions & ~bits;
  }
  return permissions;
}

// Sets the mode that copied files have, if they are no programs.
bool SetsPlainMode(const ShellCommand& command) {
  if (command.name != "chmod") return false;
  for (const std::string& word : command.arguments) {
    if (absl::StartsWith(word, "-") && !absl::StartsWith(word, "-w")) continue;
    return word == "644" || word == "0644" ||
           (ApplyMode(word, 0644) == 0644 && ApplyMode(word, 0755) == 0755);
  }
  return false;
}

// Every image has it so already.
bool SetsModeOfTmp(const Write& write, const ShellCommand& command) {
  return (write.path == "/tmp" || write.path == "/var/tmp") &&
         write.reach == Write::kItself && command.name == "chmod" &&
         !command.arguments.empty() &&
         absl::EndsWith(command.arguments[0], "1777");
}

bool HasProgramThatChangesModes(const ShellCommand& command) {
  const bool interpreter =
      std::any_of(std::begin(kInterpreters), std::end(kInterpreters),
                  [&](absl::string_view name) {
                    return absl::StartsWith(command.name, name);
                  });
  return interpreter &&
         std::any_of(command.arguments.begin(), command.arguments.end(),
                     [](const std::string& word) {
                       return absl::StrContains(word, "chmod") ||
                              absl::StrContains(word, "chown");
                     });
}

// `usermod -u` gives the files in a user's home to the new number.
bool ChangesHome(const ShellCommand& command) {
  if (command.name != "usermod") return false;
  // Options of usermod that have a value: the first takes the rest of a word.
  constexpr absl::string_view kValues = "cdefgGlpPRsuvVwWZ";
  return std::any_of(command.arguments.begin(), command.arguments.end(),
                     [&](absl::string_view word) {
                       if (absl::StartsWith(word, "--")) {
                         return absl::StartsWith(word, "--uid") ||
                                absl::StartsWith(word, "--gid");
                       }
                       const size_t letter = word.find_first_of(kValues);
                       return absl::StartsWith(word, "-") &&
                              letter != word.npos &&
                              (word[letter] == 'u' || word[letter] == 'g');
                     });
}

}  // namespace

// One RUN: first all that it writes, then what becomes of each change.
class RunJudge {
 public:
  RunJudge(const TimeMode& before, const std::vector<ShellCommand>& commands)
      : before_(before), commands_(commands) {
    for (const ShellCommand& command : commands) {
      for (Write& write : WritesOf(command)) {
        if (!write.attributes) writes_.push_back(std::move(write));
      }
      for (std::string& path : DeletionsOf(command)) {
        deleted_.push_back(std::move(path));
      }
      AddLink(command);
    }
  }

  std::vector<TimeMode::Loss> Judge() {
    std::vector<TimeMode::Loss> losses;
    for (size_t i = 0; i < commands_.size(); ++i) {
      const Fate fate = FateOf(commands_[i]);
      if (fate != kKept) losses.push_back({i, fate == kLost});
      obscure_ |= !IsUnderstood(commands_[i]);
    }
    return losses;
  }

 private:
  enum Fate { kKept, kUnsure, kLost };  // the worse, the greater

  // `ln -s TARGET LINK`: what is changed through the link is its target.
  void AddLink(const ShellCommand& command) {
    if (command.name != "ln") return;
    std::vector<std::string> operands;
    bool symbolic = false;
    for (const std::string& word : command.arguments) {
      if (!absl::StartsWith(word, "-")) {
        operands.push_back(word);
      } else if (absl::StrContains(word, 's')) {
        symbolic = true;
      }
    }
    if (!symbolic || operands.size() != 2) return;
    const std::string link = ResolvePath(operands[1], command.folder);
    links_[link] = ResolvePath(operands[0], link.substr(0, link.rfind('/')));
  }

  // The path whose attributes a command changes.
  std::string FollowLink(const Write& write,
                         const ShellCommand& command) const {
    const auto link = links_.find(write.path);
    const bool itself =
        std::find(command.arguments.begin(), command.arguments.end(), "-h") !=
        command.arguments.end();
    return link == links_.end() || itself ? write.path : link->second;
  }

  Fate FateOf(const ShellCommand& command) const {
    if (HasProgramThatChangesModes(command)) return kUnsure;
    if (ChangesHome(command)) return FateOfHome(command);
    Fate worst = kKept;
    for (const Write& write : WritesOf(command)) {
      if (!write.attributes) continue;
      worst = std::max(worst, FateOf(write, command));
    }
    return worst;
  }

  Fate FateOf(const Write& write, const ShellCommand& command) const {
    if (write.path.empty()) return kUnsure;
    if (IsTemporary(write.path)) return kKept;
    const std::string path = FollowLink(write, command);
    const absl::string_view base = WithoutGlob(path);
    const bool several = write.reach == Write::kAllBelow || base != path;
    const Fate new_here = several ? FateOfTree(base) : FateOfEntry(base);
    if (new_here != kLost) return new_here;
    if (command.name == "install" && !IsPresent(base)) return kKept;
    if (SetsModeOfTmp(write, command)) return kKept;
    const bool known = IsPresent(base);
    if (SetsRoot(command)) {
      return known && IsAllOwnedByRoot(base) ? kKept : kUnsure;
    }
    if (known && SetsPlainMode(command)) return kUnsure;
    const bool has_content = IsPresent(base, /*with_empty=*/false);
    if (known && (!obscure_ || (has_content && IsPresentByName(base)))) {
      return kLost;
    }
    // Another program may have created it: a package, or a command not known
    // here.
    if (obscure_ || (several && IsWrittenInto(base))) return kUnsure;
    return kLost;
  }

  // The user's own files are new when the user is.
  Fate FateOfHome(const ShellCommand& command) const {
    for (const ShellCommand& other : commands_) {
      if ((other.name == "useradd" || other.name == "adduser") &&
          !other.arguments.empty() && !command.arguments.empty() &&
          std::find(other.arguments.begin(), other.arguments.end(),
                    command.arguments.back()) != other.arguments.end()) {
        return kKept;
      }
    }
    return kUnsure;
  }

  bool IsDeleted(absl::string_view path) const {
    return std::any_of(
        deleted_.begin(), deleted_.end(),
        [&](const std::string& deleted) { return IsAtOrBelow(path, deleted); });
  }

  // Is there anything at or below the path before the RUN, as far as the
  // Dockerfile tells? Folders that hold nothing else do not count when
  // `with_empty` is false.
  bool IsPresent(absl::string_view path, bool with_empty = true) const {
    if (IsDeleted(path)) return false;
    for (const auto& [known, what] : before_.present_) {
      const bool empty = what.empty_folder && !with_empty && known == path;
      // Something below a copied folder may be one of its files.
      if (!empty && (IsAtOrBelow(known, path) ||
                     (what.copied && LiesBelow(path, known)))) {
        return true;
      }
    }
    return false;
  }

  bool IsAllOwnedByRoot(absl::string_view path) const {
    return std::all_of(before_.present_.begin(), before_.present_.end(),
                       [&](const auto& entry) {
                         const bool concerned =
                             IsAtOrBelow(entry.first, path) ||
                             LiesBelow(path, entry.first);
                         return !concerned || entry.second.owned_by_root;
                       });
  }

  // kKept when this RUN makes the path, kUnsure when it may have been there.
  Fate FateIfMade(const Write& write, absl::string_view path) const {
    if (LiesBelow(path, write.path) && write.reach != Write::kItself) {
      return kKept;
    }
    const bool by_name = path == write.path && write.reach == Write::kItself;
    const bool above = write.parents && IsAtOrBelow(write.path, path);
    if (!by_name && !above) return kLost;
    const bool old = IsSystemFolder(path) && !IsDeleted(path);
    if (old || IsPresentByName(path)) return kLost;
    // `mkdir -p` in a copied folder.
    return write.parents && IsPresent(path) ? kUnsure : kKept;
  }

  // As IsPresent, but files of copied folders have to be named.
  bool IsPresentByName(absl::string_view path) const {
    if (IsDeleted(path)) return false;
    return std::any_of(
        before_.present_.begin(), before_.present_.end(),
        [&](const auto& entry) { return IsAtOrBelow(entry.first, path); });
  }

  // kKept when the path and all below it are new.
  Fate FateOfTree(absl::string_view path) const {
    Fate best = kLost;
    for (const Write& write : writes_) {
      for (absl::string_view at = path;;) {
        best = std::min(best, FateIfMade(write, at));
        const size_t slash = at.rfind('/');
        if (slash == 0 || slash == absl::string_view::npos) break;
        at = at.substr(0, slash);
      }
    }
    // An empty folder that is filled here.
    const bool filled = IsPresent(path) &&
                        !IsPresent(path, /*with_empty=*/false) &&
                        IsWrittenInto(path);
    return filled ? kKept : best;
  }

  // kKept when the path's own entry is recorded. Folders are, with whatever
  // changes below them.
  Fate FateOfEntry(absl::string_view path) const {
    for (const Write& write : writes_) {
      if (IsAtOrBelow(write.path, path) &&
          (write.path != path || !write.parents)) {
        return kKept;
      }
    }
    for (const std::string& deleted : deleted_) {
      if (LiesBelow(deleted, path)) return kKept;
    }
    // With a new link kaniko records what it leads to.
    for (const auto& [link, target] : links_) {
      if (target == path) return kKept;
    }
    return FateOfTree(path);
  }

  bool IsWrittenInto(absl::string_view path) const {
    return std::any_of(writes_.begin(), writes_.end(), [&](const Write& write) {
      return write.path == path ? write.reach == Write::kInto
                                : LiesBelow(write.path, path);
    });
  }

  const TimeMode& before_;
  const std::vector<ShellCommand>& commands_;
  std::vector<Write> writes_;  // without those of attributes
  std::vector<std::string> deleted_;
  std::map<std::string, std::string> links_;  // targets
  // A command has run whose writes are not known.
  bool obscure_ = false;
};

void TimeMode::AddFiles(absl::string_view path, bool owned_by_root) {
  present_[std::string(path)] = {false, owned_by_root, /*copied=*/true};
}

void TimeMode::AddFolder(absl::string_view path) {
  present_.try_emplace(std::string(path), Present{true, true, false});
}

std::vector<TimeMode::Loss> TimeMode::AddRun(
    const std::vector<ShellCommand>& commands) {
  std::vector<Loss> losses = RunJudge(*this, commands).Judge();
  for (const ShellCommand& command : commands) {
    for (const Write& write : WritesOf(command)) {
      if (write.path.empty()) continue;
      if (!write.attributes) {
        present_.try_emplace(
            write.path,
            Present{command.name == "mkdir", /*owned_by_root=*/true, false});
        continue;
      }
      if (command.name == "chmod") continue;
      for (auto& [path, what] : present_) {
        if (IsAtOrBelow(path, write.path) || LiesBelow(write.path, path)) {
          what.owned_by_root = false;
        }
      }
    }
  }
  return losses;
}

}  // namespace ovenbird::dockerfile
