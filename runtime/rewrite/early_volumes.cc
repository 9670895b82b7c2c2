#include "runtime/rewrite/early_volumes.h"

#include <optional>
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
// images have; each once.
std::vector<std::string> VolumeFolders(const Site& site) {
  std::vector<std::string> folders;
  for (const Instruction& instruction : site.stage.instructions) {
    if (instruction.keyword != "VOLUME") continue;
    for (const dockerfile::Word& word : instruction.words) {
      const auto text = KnownValue(site.before.scope, word.text);
      if (!text || !absl::StartsWith(*text, "/")) continue;
      for (std::string path = CleanPath(*text);
           path.size() > 1 && !IsUsualFolder(path) &&
           !absl::c_linear_search(folders, path);
           path = std::string(FolderOf(path))) {
        folders.push_back(path);
      }
    }
  }
  return folders;
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
  std::vector<std::string> folders = VolumeFolders(site);
  std::erase_if(folders, [&](const std::string& folder) {
    return !Mentions(site, text, folder) || !IsPlainPath(folder) ||
           IsTouchedBefore(site, folder);
  });
  if (folders.empty()) return;
  const StageFiles files(site);
  const bool is_known = site.before.from_scratch || files.has_base();
  std::erase_if(folders, [&](const std::string& folder) {
    const auto real = files.Follow(folder);
    return !is_known || !real || files.OfBase(*real) != nullptr;
  });
  if (folders.empty()) return;
  const std::string command =
      absl::StrCat("rmdir ", absl::StrJoin(folders, " "), " 2>/dev/null;");
  if (!run.exec_form && run.heredocs.empty() && HasPosixShell(site.before)) {
    AddPrefix(command, draft);
  } else if (CanRunAsRoot(site, {"rmdir"})) {
    draft.instructions.insert(draft.instructions.begin(),
                              MakeInstruction("RUN", command + " true"));
  } else {
    return;
  }
  draft.Because(
      "with the cache, the executor makes the folders of VOLUME before all "
      "other instructions");
}

}  // namespace ovenbird::rewrite
