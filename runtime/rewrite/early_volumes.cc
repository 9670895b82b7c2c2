#include "runtime/rewrite/early_volumes.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/second_expansion.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/target_folder.h"
#include "runtime/rewrite/variables.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

// Returns the folders of the stage's VOLUMEs and those above them that few
// images have; each once, those below others first.
std::vector<std::string> VolumeFolders(const Site& site) {
  std::set<std::string> folders;
  for (const Instruction& instruction : site.stage.instructions) {
    if (instruction.keyword != "VOLUME") continue;
    for (const dockerfile::Word& word : instruction.words) {
      const auto text = KnownValue(site.before.scope, word.text);
      if (!text || !absl::StartsWith(*text, "/")) continue;
      for (std::string path = CleanPath(*text);
           path.size() > 1 && !IsUsualFolder(path);
           path = std::string(FolderOf(path))) {
        folders.insert(path);
      }
    }
  }
  return {folders.rbegin(), folders.rend()};
}

// Whether the commands mention the folder: by its path, by its name where its
// parent is WORKDIR, or by a variable.
bool Mentions(const Site& site, absl::string_view text,
              const std::string& folder) {
  if (absl::StrContains(text, folder)) return true;
  if (site.before.folder == FolderOf(folder) &&
      absl::StrContains(text, BaseName(folder))) {
    return true;
  }
  for (const auto& [name, value] : site.before.scope.All()) {
    if (!value || !absl::StrContains(folder, *value) || value->size() < 2) {
      continue;
    }
    if (absl::StrContains(text, absl::StrCat("$", name)) ||
        absl::StrContains(text, absl::StrCat("${", name))) {
      return true;
    }
  }
  return false;
}

// Whether an instruction before this one may have made the folder, or taken it
// away already.
bool IsTouchedBefore(const Site& site, const std::string& folder) {
  return absl::c_any_of(site.before.changes, [&](const StageChange& change) {
    if (change.kind == StageChange::kRun) {
      return Mentions(site, change.text, folder);
    }
    return !change.path || IsAtOrBelow(*change.path, folder);
  });
}

}  // namespace

void RemoveEarlyVolumes(const Site& site, Draft& draft) {
  if (!RunsTwice(site) || draft.instructions.empty()) return;
  const Instruction& run = draft.original();
  const std::string text = dockerfile::CommandText(run);
  std::vector<std::string> mentioned = VolumeFolders(site);
  std::erase_if(mentioned, [&](const std::string& folder) {
    return !Mentions(site, text, folder);
  });
  if (mentioned.empty()) return;
  // A folder cannot go before those below it.
  std::vector<std::string> folders = VolumeFolders(site);
  std::erase_if(folders, [&](const std::string& folder) {
    return !IsPlainPath(folder) || IsTouchedBefore(site, folder) ||
           absl::c_none_of(mentioned, [&](const std::string& above) {
             return IsAtOrBelow(folder, above);
           });
  });
  if (folders.empty()) return;
  const StageFiles files(site);
  const bool is_known = site.before.from_scratch || files.has_base();
  std::erase_if(folders, [&](const std::string& folder) {
    const auto real = files.Follow(folder);
    return !is_known || !real || files.OfBase(*real) != nullptr;
  });
  if (folders.empty()) return;
  // Also where the shell ends at the first failure.
  const std::string command =
      absl::StrCat("rmdir ", absl::StrJoin(folders, " "), " 2>/dev/null || :;");
  if (!run.exec_form && run.heredocs.empty() && HasPosixShell(site.before)) {
    AddPrefix(command, draft);
  } else if (CanRunAsRoot(site, {"rmdir"})) {
    draft.instructions.insert(draft.instructions.begin(),
                              MakeInstruction("RUN", command));
  } else {
    return;
  }
  draft.Because(
      "with the cache, the executor makes the folders of VOLUME before all "
      "other instructions");
}

}  // namespace ovenbird::rewrite
