#include "runtime/rewrite/hard_links.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/context/listing.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/context_copy.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::ShellCommand;

// A RUN of our own stays readable.
constexpr size_t kMaxCommands = 50;

// Whether the stage's files are in the image that is built.
bool IsOfTarget(const Site& site) {
  const auto chain = ChainOf(site, site.request.target);
  return std::find(chain.begin(), chain.end(), &site.stage) != chain.end();
}

// Paths that the command is called with, and may have written.
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

bool CopiesFolders(const ShellCommand& command) {
  return HasOption(command, "--recursive", 'r') ||
         HasOption(command, "--recursive", 'R') ||
         HasOption(command, "--archive", 'a');
}

bool MakesHardLinks(const ShellCommand& command) {
  return (command.name == "ln" && !HasOption(command, "--symbolic", 's')) ||
         (command.name == "cp" && HasOption(command, "--link", 'l'));
}

// Whether a RUN or COPY before may have written the file; with `linked`,
// whether a RUN before has linked it.
bool IsWrittenBefore(const Site& site, const std::string& path, bool linked) {
  for (const StageChange& change : site.before.changes) {
    if (linked && change.kind != StageChange::kRun) continue;
    if (change.kind == StageChange::kCopy && change.path &&
        *change.path != "/" && IsAtOrBelow(path, *change.path)) {
      return true;
    }
    if (change.kind != StageChange::kRun) continue;
    dockerfile::ShellStart start;
    if (change.path) start.folder = *change.path;
    for (const ShellCommand& command :
         dockerfile::FindShellCommands(change.text, start)) {
      if (linked && !MakesHardLinks(command)) continue;
      if (AreAbove(PathsOf(command), path)) return true;
    }
  }
  return false;
}

struct OldFile {
  std::string path;
  bool is_tree = false;
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

// The files of earlier layers that get another name, as far as they are known.
// A new symlink is one, too: kaniko puts what it leads to into the layer.
std::vector<OldFile> OldFilesOf(const Site& site, const Instruction& run) {
  std::vector<OldFile> old;
  // Paths that this RUN has named before: they may be of its own layer.
  std::vector<std::string> named;
  for (const ShellCommand& command : CommandsOf(site, run)) {
    const std::vector<std::string> paths = PathsOf(command);
    const bool tree = command.name == "cp" && CopiesFolders(command);
    // `ln FILE` makes the link in the folder where it runs.
    const size_t sources = paths.size() > 1 ? paths.size() - 1 : paths.size();
    const bool hard = MakesHardLinks(command);
    if (command.name == "mv") AddMoved(site, paths, named, old);
    for (size_t i = 0; (hard || command.name == "ln") && i < sources; ++i) {
      const std::string& path = paths[i];
      if (!absl::StartsWith(path, "/") || AreAbove(named, path)) continue;
      if (HasWildcard(path) ? hard && MatchesBase(site, path)
                            : IsWrittenBefore(site, path, !hard) ||
                                  (hard && IsOfBase(site, path, tree))) {
        old.push_back({path, tree});
      }
    }
    named.insert(named.end(), paths.begin(), paths.end());
  }
  return old;
}

using Names = std::vector<std::string>;

// The files that the source takes by several names each, in one folder:
// BuildKit copies what a wildcard matches one by one.
std::vector<Names> LinksOf(const ContextTree& tree,
                           const ContextSource& source) {
  const std::string relative = source.path.substr(1);
  Names paths = {relative};
  if (HasWildcard(relative)) paths = tree.Expand(relative);
  std::vector<Names> links;
  for (const std::string& path : paths) {
    const auto found = tree.Follow(path);
    if (!found || !tree.IsFolder(found->entry)) continue;
    std::map<std::pair<uint64_t, uint64_t>, Names> files;
    const uint32_t end = tree.EndOf(found->entry);
    for (uint32_t i = tree.FirstBelow(found->entry); i < end; ++i) {
      const context::Entry& file = tree.listing()[i];
      if (!file.many_links) continue;
      files[{file.device, file.inode}].push_back(
          absl::StrCat("/", tree.Path(i)));
    }
    for (auto& [file, names] : files) {
      if (names.size() > 1) links.push_back(std::move(names));
    }
  }
  return links;
}

// Appends what links the copies again; false: their paths are not known.
bool AppendLinking(const Site& site, const Instruction& copy,
                   const ContextSource& source, const Names& names,
                   std::vector<std::string>& commands) {
  std::string first;
  for (const std::string& name : names) {
    const auto arrival = ArrivalOf(site, copy, source, name);
    if (!arrival || !IsPlainPath(*arrival)) return false;
    if (first.empty()) {
      first = *arrival;
      commands.push_back(Touch("", {first}));
    } else {
      commands.push_back(absl::StrCat("ln -f ", first, " ", *arrival));
    }
  }
  return commands.size() <= kMaxCommands;
}

}  // namespace

void KeepNewNames(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  const std::string text = dockerfile::CommandText(run);
  if ((!absl::StrContains(text, "ln") && !absl::StrContains(text, "cp") &&
       !absl::StrContains(text, "mv ")) ||
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
    site.Report(
        run.span,
        absl::StrCat(
            "may copy `", old[0].path,
            "`, which is in an earlier layer, instead of creating a hard link"),
        "use a symlink, or create the file and the link in one RUN");
    return;
  }
  std::vector<std::string> paths;
  for (const OldFile& file : old) paths.push_back(file.path);
  AddPrefix(absl::StrCat(Touch("-c ", paths), " || :;"), draft);
  draft.Because("kaniko keeps a hard link only to a file of the same layer");
}

void KeepCopiedNames(const Site& site, Draft& draft) {
  if (site.request.listing == nullptr) return;
  const Instruction& copy = draft.original();
  const ContextTree tree(site.request.listing);
  std::vector<std::string> commands;
  bool known = true;
  const dockerfile::Word* word = nullptr;
  Names shown;
  for (const ContextSource& source : ContextSourcesOf(site, copy)) {
    for (Names& names : LinksOf(tree, source)) {
      known = known && AppendLinking(site, copy, source, names, commands);
      if (word == nullptr) shown = std::move(names);
      if (word == nullptr) word = source.word;
    }
  }
  if (word == nullptr) return;
  if (known && copy.FindFlag("exclude") == nullptr &&
      CanRunAsRoot(site, {"ln", "sleep", "touch"})) {
    draft.instructions.push_back(
        MakeInstruction("RUN", absl::StrJoin(commands, " && ")));
    draft.Because("kaniko copies hard links as separate files");
    return;
  }
  site.Report(word->span,
              absl::StrCat("copies the hard links `", shown[0].substr(1),
                           "` and `", shown[1].substr(1), "` as two files"),
              "make one of them a symlink, or run ln after this instruction");
}

}  // namespace ovenbird::rewrite
