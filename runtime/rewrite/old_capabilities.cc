#include "runtime/rewrite/old_capabilities.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;

// Capabilities are hardly elsewhere; looking at the files of an image is slow.
bool MayBeCommand(absl::string_view path) {
  for (const char* folder : {"/bin", "/sbin", "/usr/bin", "/usr/sbin",
                             "/usr/local/bin", "/usr/local/sbin"}) {
    if (IsAtOrBelow(path, folder)) return true;
  }
  return false;
}

// The paths whose files keep their content and get another place, mode or
// time.
std::vector<std::string> ChangedPaths(const ShellCommand& command) {
  const bool moves = command.name == "mv";
  if (!moves && command.name != "chmod" && command.name != "touch") return {};
  std::vector<std::string> words;
  for (const std::string& word : command.arguments) {
    if (!absl::StartsWith(word, "-")) words.push_back(word);
  }
  if (words.empty()) return {};
  if (moves) words.pop_back();
  if (command.name == "chmod") words.erase(words.begin());
  std::vector<std::string> paths;
  for (const std::string& word : words) {
    std::string path = dockerfile::ResolvePath(word, command.folder);
    if (absl::StartsWith(path, "/") && !HasWildcard(path)) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

bool IsRecursive(const ShellCommand& command) {
  for (const std::string& word : command.arguments) {
    if (word == "--recursive" || absl::StartsWith(word, "-R")) return true;
  }
  return command.name == "mv";
}

// The file with capabilities that the path is, or is above; "".
std::string CapableAt(const ImageFiles& files, const std::string& path,
                      bool recursive) {
  const auto real = files.Resolve(path, /*follow_last=*/true);
  if (!real) return "";
  for (auto at = files.entries.lower_bound(*real);
       at != files.entries.end() && absl::StartsWith(at->first, *real); ++at) {
    if (!at->second.has_capability || !IsAtOrBelow(at->first, *real)) continue;
    if (recursive || at->first == *real) return at->first;
  }
  return "";
}

// A command that writes the file anew takes the capabilities away.
bool WasNamedBefore(const Site& site, const std::string& path) {
  for (const StageChange& change : site.before.changes) {
    if (absl::StrContains(change.text, path) || change.path == path) {
      return true;
    }
  }
  return false;
}

}  // namespace

void ReportChangedCapabilities(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  for (const ShellCommand& command : CommandsOf(site, run)) {
    for (const std::string& path : ChangedPaths(command)) {
      if (!MayBeCommand(path)) continue;
      const std::shared_ptr<const ImageFiles> files = site.BaseFiles();
      if (files == nullptr) return;
      const std::string file = CapableAt(*files, path, IsRecursive(command));
      if (file.empty() || WasNamedBefore(site, file)) continue;
      site.Report(run.text_span,
                  absl::StrCat("loses the capabilities of `", file, "`"),
                  "use a newer kaniko, or do not change the file");
      return;
    }
  }
}

}  // namespace ovenbird::rewrite
