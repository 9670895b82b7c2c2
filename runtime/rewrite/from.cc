#include "runtime/rewrite/from.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::ShellCommand;
using dockerfile::Stage;

bool IsBelow(absl::string_view path, absl::string_view folder) {
  return folder == "/" || path == folder ||
         absl::StartsWith(path, absl::StrCat(folder, "/"));
}

std::optional<uint32_t> Octal(absl::string_view mode) {
  if (mode.empty() || mode.find_first_not_of("01234567") != mode.npos) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(
      std::strtoul(std::string(mode).c_str(), nullptr, 8));
}

// What a stage's RUN lines say of modes and owners.
class StageModes {
 public:
  explicit StageModes(const Stage& stage) {
    for (const Instruction& instruction : stage.instructions) {
      if (instruction.keyword != "RUN" || instruction.exec_form) continue;
      for (const ShellCommand& command :
           dockerfile::FindShellCommands(instruction.text)) {
        Read(command);
      }
    }
  }

  // Some file at or below the path is setuid or setgid.
  bool HasSetuid(absl::string_view path) const {
    return std::any_of(
        setuid_.begin(), setuid_.end(),
        [&](const std::string& one) { return IsBelow(one, path); });
  }
  // The path is a folder that is not root's with mode 0755.
  bool IsSpecialFolder(const std::string& path) const {
    return folders_.count(path) > 0 &&
           (special_.count(path) > 0 ||
            std::any_of(
                special_trees_.begin(), special_trees_.end(),
                [&](const std::string& tree) { return IsBelow(path, tree); }));
  }

 private:
  void Read(const ShellCommand& command) {
    bool recursive = false;
    std::string mode;
    std::vector<std::string> words;
    for (size_t i = 0; i < command.arguments.size(); ++i) {
      const std::string& word = command.arguments[i];
      if (word == "-m" && i + 1 < command.arguments.size()) {
        mode = command.arguments[++i];
      } else if (absl::StartsWith(word, "-")) {
        recursive = recursive || word == "--recursive" ||
                    (word[1] != '-' && absl::StrContains(word, 'R'));
      } else {
        words.push_back(word);
      }
    }
    if (command.name == "mkdir") {
      ReadMkdir(mode, words);
    } else if (words.size() > 1 && command.name == "chmod") {
      ReadChmod(recursive, words);
    } else if (words.size() > 1 && command.name == "chown") {
      const std::string owner = words[0];
      words.erase(words.begin());
      if (owner != "root" && owner != "0" && owner != "root:root" &&
          owner != "0:0") {
        Mark(recursive, words);
      }
    }
  }

  void ReadMkdir(const std::string& mode,
                 const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (absl::StartsWith(path, "/")) folders_.insert(CleanPath(path));
    }
    const auto bits = Octal(mode);
    if (bits && *bits != 0755) Mark(false, paths);
  }

  void ReadChmod(bool recursive, std::vector<std::string> words) {
    const std::string mode = words[0];
    words.erase(words.begin());
    const auto bits = Octal(mode);
    if (bits ? (*bits & 06000) != 0 : IsSetuid(mode)) {
      for (const std::string& path : words) {
        if (absl::StartsWith(path, "/")) setuid_.insert(CleanPath(path));
      }
    }
    if (bits && *bits != 0755) Mark(recursive, words);
  }

  // `u+s`, `ug=rxs`.
  static bool IsSetuid(absl::string_view words) {
    const size_t action = words.find_first_of("+=");
    return action != words.npos && absl::StrContains(words.substr(action), 's');
  }

  void Mark(bool recursive, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (!absl::StartsWith(path, "/") || HasWildcard(path)) continue;
      (recursive ? special_trees_ : special_).insert(CleanPath(path));
    }
  }

  std::set<std::string> setuid_;
  std::set<std::string> folders_;
  std::set<std::string> special_;
  std::set<std::string> special_trees_;
};

}  // namespace

void ReportFrom(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  const Flag* from = copy.FindFlag("from");
  if (from == nullptr || copy.words.size() < 2) return;
  const auto name = KnownValue(site.before.scope, from->value.value_or(""));
  if (!name) return;
  const int index =
      StageOfFrom(*site.request.dockerfile, *name, site.stage.index);
  if (index < 0) return;
  const StageModes modes(
      site.request.dockerfile->stages[static_cast<size_t>(index)]);
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const auto text = KnownValue(site.before.scope, copy.words[i].text);
    if (!text || HasWildcard(*text)) continue;
    const std::string path = CleanPath(absl::StrCat("/", *text));
    if (copy.FindFlag("chmod") == nullptr && modes.HasSetuid(path)) {
      site.Report(
          copy.words[i].span,
          absl::StrCat("loses setuid and setgid bits below `", path, "`"),
          "set them in a RUN after this COPY");
    }
    if (copy.FindFlag("chown") == nullptr && modes.IsSpecialFolder(path)) {
      site.Report(
          copy.words[i].span,
          absl::StrCat("gives the target the owner and mode of `", path, "`"),
          "set them in a RUN after this COPY");
    }
  }
}

}  // namespace ovenbird::rewrite
