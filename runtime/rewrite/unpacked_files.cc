#include "runtime/rewrite/unpacked_files.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/listed_folders.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;

constexpr absl::string_view kNsswitch = "/etc/nsswitch.conf";
constexpr absl::string_view kNsswitchName = "nsswitch";

std::vector<std::string> ListedFoldersOf(const Site& site,
                                         const Instruction& run) {
  std::vector<std::string> all;
  for (const ShellCommand& command : CommandsOf(site, run)) {
    for (std::string& folder : ListedFolders(command)) {
      all.push_back(std::move(folder));
    }
  }
  return all;
}

bool AreAbove(const std::vector<std::string>& folders, absl::string_view path) {
  return std::any_of(
      folders.begin(), folders.end(),
      [&](const std::string& folder) { return IsAtOrBelow(path, folder); });
}

// Whether an instruction of the stage may have made the path, as far as its
// words tell.
bool MayBeMade(const StageState& state, absl::string_view path) {
  for (const StageChange& change : state.changes) {
    if (change.kind == StageChange::kCopy &&
        (!change.path || IsAtOrBelow(path, *change.path) ||
         IsAtOrBelow(*change.path, path))) {
      return true;
    }
    if (change.kind != StageChange::kRun) continue;
    dockerfile::ShellStart start;
    if (change.path) start.folder = *change.path;
    for (const ShellCommand& command :
         dockerfile::FindShellCommands(change.text, start)) {
      if (!dockerfile::IsUnderstood(command)) return true;
      for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
        if (!write.attributes &&
            (IsAtOrBelow(path, write.path) || IsAtOrBelow(write.path, path))) {
          return true;
        }
      }
    }
  }
  return false;
}

// Whether a COPY before has surely made the path.
bool IsMade(const Site& site, absl::string_view path) {
  const auto& changes = site.before.changes;
  return std::any_of(changes.begin(), changes.end(),
                     [&](const StageChange& change) {
                       return change.kind == StageChange::kCopy &&
                              change.path && *change.path == path;
                     });
}

// Whether base images hardly have the path, or an instruction of the stage
// names it. Looking at the files of an image is slow.
bool IsHardlyOfBase(const StageState& state, const std::string& path) {
  constexpr const char* kFolders[] = {"/bin",  "/etc",  "/home", "/lib", "/opt",
                                      "/root", "/sbin", "/usr",  "/var"};
  if (std::none_of(
          std::begin(kFolders), std::end(kFolders),
          [&](const char* folder) { return IsAtOrBelow(path, folder); })) {
    return true;
  }
  return std::any_of(state.changes.begin(), state.changes.end(),
                     [&](const StageChange& change) {
                       return absl::StrContains(change.text, path) ||
                              (change.path && *change.path != "/" &&
                               IsAtOrBelow(path, *change.path));
                     });
}

// What the base image of an earlier stage hides in the sources of COPY --from.
std::vector<std::string> HiddenInSources(const Site& site,
                                         const StageState& end,
                                         const Instruction& copy) {
  std::vector<std::string> sources;
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const auto text = KnownValue(site.before.scope, copy.words[i].text);
    if (!text) continue;
    std::string path = CleanPath(absl::StrCat("/", *text));
    if (!IsHardlyOfBase(end, path)) sources.push_back(std::move(path));
  }
  std::vector<std::string> hidden;
  const auto base =
      sources.empty() || end.base.empty() || site.request.base_image == nullptr
          ? nullptr
          : site.request.base_image(end.base, /*files=*/true);
  if (base == nullptr || base->files == nullptr) return hidden;
  for (const std::string& path : base->files->hidden) {
    if (std::any_of(sources.begin(), sources.end(),
                    [&](const std::string& source) {
                      return Below(source, path).has_value();
                    })) {
      hidden.push_back(path);
    }
  }
  return hidden;
}

// Whether the executor has its own files there: it deletes them with the files
// of the first stage.
bool IsFirstStage(const Site& site) {
  return site.request.stages.empty() ||
         site.request.stages.front() == site.stage.index;
}

bool HasNoNsswitch(const Site& site) {
  if (site.before.from_scratch) return true;
  const auto files = site.BaseFiles();
  return files != nullptr && files->Find(kNsswitch) == nullptr &&
         files->Find("/etc") != nullptr;
}

}  // namespace

void HideNsswitch(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  const bool named =
      absl::StrContains(dockerfile::CommandText(run), kNsswitchName);
  if (!IsFirstStage(site) ||
      (!named && !AreAbove(ListedFoldersOf(site, run), kNsswitch)) ||
      !HasNoNsswitch(site) || MayBeMade(site.before, kNsswitch)) {
    return;
  }
  if (TakesPrefix(site, run)) {
    AddPrefix(absl::StrCat("rm -f ", kNsswitch, ";"), draft);
    draft.Because("the executor shows its own /etc/nsswitch.conf to RUN");
    return;
  }
  site.Report(run.span,
              absl::StrCat("shows its own ", kNsswitch, " to this RUN"),
              "copy one into the image before");
}

void DeleteHidden(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  const std::vector<std::string> listed = ListedFoldersOf(site, run);
  const auto files = listed.empty() ? nullptr : site.BaseFiles();
  if (files == nullptr) return;
  std::vector<std::string> hidden;
  bool plain = true;
  for (const std::string& path : files->hidden) {
    if (!AreAbove(listed, path) || IsMade(site, path)) continue;
    hidden.push_back(path);
    plain = plain && IsPlainPath(path) && !MayBeMade(site.before, path);
  }
  if (hidden.empty()) return;
  if (plain && TakesPrefix(site, run)) {
    AddPrefix(absl::StrCat("rm -rf ", absl::StrJoin(hidden, " "), ";"), draft);
    draft.Because(
        "kaniko unpacks files that opaque folders of the base image hide");
    return;
  }
  site.Report(run.span,
              absl::StrCat("may show `", hidden[0],
                           "` to this RUN, which the base image has deleted"),
              "delete it in a RUN at the start of the stage");
}

void DeleteHiddenOfStage(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  const dockerfile::Flag* from = copy.FindFlag("from");
  if (from == nullptr || copy.words.size() < 2) return;
  const auto name = KnownValue(site.before.scope, from->value.value_or(""));
  if (!name) return;
  const int stage =
      StageOfFrom(*site.request.dockerfile, *name, site.stage.index);
  const auto end = site.earlier.ends.find(stage);
  if (end == site.earlier.ends.end()) return;
  const std::vector<std::string> hidden =
      HiddenInSources(site, end->second, copy);
  if (hidden.empty()) return;
  const bool plain =
      std::all_of(hidden.begin(), hidden.end(), [&](const std::string& path) {
        return IsPlainPath(path) && !MayBeMade(end->second, path);
      });
  if (!plain || !site.earlier.CanAddTo(stage) || !end->second.has_shell ||
      !end->second.shell.empty()) {
    site.Report(copy.words[0].span,
                absl::StrCat("may copy `", hidden[0],
                             "`, which the base image has deleted"),
                "delete it in a RUN at the start of that stage");
    return;
  }
  std::vector<Instruction>& additions = site.earlier.additions[stage];
  if (additions.empty() && end->second.user != "root" &&
      end->second.user != "0") {
    additions.push_back(MakeInstruction("USER", "0"));
  }
  additions.push_back(MakeInstruction(
      "RUN", absl::StrCat("rm -rf ", absl::StrJoin(hidden, " "))));
}

}  // namespace ovenbird::rewrite
