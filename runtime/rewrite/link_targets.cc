#include "runtime/rewrite/link_targets.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/named_paths.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::ShellCommand;
// A path, and its target as it is written.
using Link = std::pair<std::string, std::string>;

bool CopiesLinks(const ShellCommand& command) {
  const bool follows = HasOption(command, "--dereference", 'L');
  return !follows && (HasOption(command, "--archive", 'a') ||
                      HasOption(command, "--recursive", 'r') ||
                      HasOption(command, "--recursive", 'R') ||
                      HasOption(command, "--no-dereference", 'P') ||
                      HasOption(command, "--no-dereference", 'd'));
}

bool ChownsLinks(const ShellCommand& command) {
  return HasOption(command, "--recursive", 'R') ||
         HasOption(command, "--no-dereference", 'h');
}

std::vector<std::string> WordsOf(const ShellCommand& command) {
  std::vector<std::string> words;
  for (const std::string& word : command.arguments) {
    if (!absl::StartsWith(word, "-")) words.push_back(word);
  }
  return words;
}

// The path, and that of a file of this name in it: which one it is depends on
// whether the path is a folder.
std::vector<std::string> PlacesAt(const std::string& path,
                                  absl::string_view name) {
  return {path, absl::StrCat(path == "/" ? "" : path, "/", name)};
}

// The symlinks that `ln -s` makes.
std::vector<Link> NewLinks(const ShellCommand& command) {
  const std::vector<std::string> words = WordsOf(command);
  std::vector<Link> links;
  for (size_t i = 0; i < words.size(); ++i) {
    // `ln -s FILE` makes the link in the folder where it runs.
    if (i > 0 && i + 1 == words.size()) break;
    const std::string place =
        words.size() == 1
            ? command.folder
            : dockerfile::ResolvePath(words.back(), command.folder);
    for (std::string& link : PlacesAt(place, BaseName(words[i]))) {
      links.emplace_back(std::move(link), words[i]);
    }
  }
  return links;
}

// The known symlinks that `cp` and `mv` bring to another place.
std::vector<Link> BroughtLinks(const StageFiles& files,
                               const ShellCommand& command) {
  const std::vector<std::string> paths = PathsOf(command);
  std::vector<Link> links;
  for (size_t i = 0; i + 1 < paths.size(); ++i) {
    if (paths[i] == "/" || !absl::StartsWith(paths[i], "/")) continue;
    for (const Link& link : files.LinksBelow(paths[i])) {
      const std::string below = link.first.substr(paths[i].size());
      for (const std::string& place :
           PlacesAt(paths.back(), BaseName(paths[i]))) {
        links.emplace_back(absl::StrCat(place, below), link.second);
      }
    }
  }
  return links;
}

// The known symlinks that get another owner.
std::vector<Link> ChownedLinks(const StageFiles& files,
                               const ShellCommand& command) {
  const std::vector<std::string> words = WordsOf(command);
  std::vector<Link> links;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string path = dockerfile::ResolvePath(words[i], command.folder);
    if (path == "/" || !absl::StartsWith(path, "/")) continue;
    for (Link& link : files.LinksBelow(path)) links.push_back(std::move(link));
  }
  return links;
}

}  // namespace

bool MayBringLinks(const ShellCommand& command) {
  return (command.name == "ln" && HasOption(command, "--symbolic", 's')) ||
         (command.name == "cp" && CopiesLinks(command)) ||
         command.name == "mv" ||
         (command.name == "chown" && ChownsLinks(command));
}

void ReportSeparated(const Site& site, Span span, const std::string& path) {
  site.Report(span,
              absl::StrCat("copies `", path,
                           "` to the layer of a symlink that leads to it, and "
                           "separates it from its other names"),
              "use a symlink in place of its other name");
}

LinkTargets::LinkTargets(const Site& site)
    : files_(site), linked_(LinkedBefore(site)) {}

std::optional<std::string> LinkTargets::Find(const std::string& link,
                                             const std::string& target) const {
  const std::string path = dockerfile::ResolvePath(target, FolderOf(link));
  if (!absl::StartsWith(path, "/")) return std::nullopt;
  std::string real = files_.Follow(path).value_or(path);
  if (files_.HasOtherName(real) || AreAbove(linked_, real)) return real;
  return std::nullopt;
}

std::vector<std::string> LinkTargets::Of(const ShellCommand& command) const {
  std::vector<std::string> targets;
  for (const auto& [link, target] : command.name == "ln" ? NewLinks(command)
                                    : command.name == "chown"
                                        ? ChownedLinks(files_, command)
                                        : BroughtLinks(files_, command)) {
    const auto found = Find(link, target);
    if (found && !absl::c_linear_search(targets, *found)) {
      targets.push_back(*found);
    }
  }
  return targets;
}

}  // namespace ovenbird::rewrite
