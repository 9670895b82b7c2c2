#include "runtime/rewrite/listed_folders.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::ShellCommand;

// These list a folder that they are given; with `letters`, only if one of the
// options is there.
struct Lister {
  absl::string_view name;
  absl::string_view letters = {};
  bool needs_operand = true;
};

constexpr Lister kListers[] = {
    {"chgrp", "R"},      {"chmod", "R"},  {"chown", "R"},      {"cp", "rRa"},
    {"du", "", false},   {"egrep", "rR"}, {"find", "", false}, {"grep", "rR"},
    {"ls", "", false},   {"mv"},          {"rsync", "ra"},     {"tar", "c"},
    {"tree", "", false}, {"zip", "r"},
};

bool IsOption(const std::string& word) {
  return absl::StartsWith(word, "-") && word.size() > 1;
}

bool Lists(const Lister& lister, const ShellCommand& command) {
  if (lister.letters.empty()) return true;
  const auto& words = command.arguments;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word == "--recursive" || word == "--archive" || word == "--create") {
      return true;
    }
    // `tar czf` needs no hyphen.
    const bool letters = (IsOption(word) && word[1] != '-') ||
                         (lister.name == "tar" && &word == &words.front());
    return letters &&
           word.find_first_of(std::string(lister.letters)) != std::string::npos;
  });
}

}  // namespace

std::vector<std::string> ListedFolders(const ShellCommand& command) {
  std::vector<std::string> folders;
  if (command.name == "rm" || command.name == "cd") return folders;
  const auto* lister =
      std::find_if(std::begin(kListers), std::end(kListers),
                   [&](const Lister& one) { return one.name == command.name; });
  const bool lists = lister != std::end(kListers) && Lists(*lister, command);
  bool operand = false;
  for (const std::string& word : command.arguments) {
    if (IsOption(word)) continue;
    operand = true;
    std::string path = dockerfile::ResolvePath(word, command.folder);
    if (!absl::StartsWith(path, "/")) continue;
    if (const size_t wild = path.find_first_of("*?["); wild != path.npos) {
      path.resize(std::max<size_t>(path.rfind('/', wild), 1));
      // `echo 5 * 3` has one, too.
      if (absl::StrContains(word, '/')) folders.push_back(path);
    } else if (lists) {
      folders.push_back(path);
    }
  }
  if (lists && !lister->needs_operand && !operand &&
      absl::StartsWith(command.folder, "/")) {
    folders.push_back(command.folder);
  }
  return folders;
}

}  // namespace ovenbird::rewrite
