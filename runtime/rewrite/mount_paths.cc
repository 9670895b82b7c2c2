#include "runtime/rewrite/mount_paths.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/context/door.h"
#include "runtime/context/tar.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;

constexpr char kAdvice[] = "mount it at a path that no other instruction uses";

bool HasMount(const MountUse& use, const Instruction& run) {
  return absl::c_linear_search(use.runs, run.span);
}

// Whether the stage's files are in the image, apart from those that COPY --from
// takes.
bool IsInImage(const Site& site) {
  for (int stage = site.request.target; stage >= 0;
       stage = site.earlier.base_of[static_cast<size_t>(stage)]) {
    if (stage == site.stage.index) return true;
  }
  return false;
}

bool IsOneOf(absl::string_view name,
             std::initializer_list<absl::string_view> names) {
  return absl::c_linear_search(names, name);
}

bool IsStrictlyBelow(absl::string_view path, absl::string_view folder) {
  return path != folder && IsAtOrBelow(path, folder);
}

// How one RUN without the mount uses its path.
class PathReader {
 public:
  // `writes`: output of the RUN gets into a file.
  PathReader(absl::string_view target, bool writes)
      : target_(target), writes_(writes) {}

  void Read(const ShellCommand& command) {
    for (const std::string& path : dockerfile::DeletionsOf(command)) {
      const auto made = std::remove_if(
          used_.begin(), used_.end(),
          [&](const std::string& used) { return IsAtOrBelow(used, path); });
      const bool is_own = made != used_.end();
      used_.erase(made, used_.end());
      if (IsAtOrBelow(target_, path) ||
          (!is_own && IsAtOrBelow(path, target_))) {
        Use(path);
      }
    }
    for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
      if (IsAtOrBelow(write.path, target_)) Use(write.path);
    }
    // The volume's mount point makes the folders above it.
    if (command.name == "mkdir" || command.name == "git") ReadNew(command);
    if (IsOneOf(command.name, {"cp", "mv", "rsync", "tar"}) ||
        (writes_ && IsOneOf(command.name, {"du", "find", "ls"}))) {
      ReadTree(command);
    }
    for (const std::string& argument : command.arguments) {
      const std::string path =
          dockerfile::ResolvePath(argument, command.folder);
      if (command.name != "rm" && IsAtOrBelow(path, target_)) Use(path);
    }
    if (!dockerfile::IsUnderstood(command) &&
        IsAtOrBelow(command.folder, target_)) {
      Use(command.folder);
    }
  }

  // The first path that it uses.
  std::optional<std::string> used() const {
    if (used_.empty()) return std::nullopt;
    return used_[0];
  }

 private:
  void ReadNew(const ShellCommand& command) {
    if (command.name == "git" &&
        !absl::c_linear_search(command.arguments, "clone")) {
      return;
    }
    for (const std::string& argument : command.arguments) {
      const std::string path =
          dockerfile::ResolvePath(argument, command.folder);
      if (path != "/" && IsStrictlyBelow(target_, path)) Use(path);
    }
  }

  // A command that takes everything in a folder, or shows it.
  void ReadTree(const ShellCommand& command) {
    bool any = false;
    for (const std::string& argument : command.arguments) {
      if (absl::StartsWith(argument, "-")) continue;
      any = true;
      const std::string path =
          dockerfile::ResolvePath(argument, command.folder);
      if (path != "/" && IsStrictlyBelow(target_, path)) Use(path);
    }
    if (!any && command.folder != "/" &&
        IsStrictlyBelow(target_, command.folder)) {
      Use(command.folder);
    }
  }

  void Use(absl::string_view path) { used_.emplace_back(path); }

  const absl::string_view target_;
  const bool writes_;
  std::vector<std::string> used_;
};

// Checks one instruction against the mounts.
class UseChecker {
 public:
  UseChecker(const Site& site, const Instruction& instruction)
      : site_(site), instruction_(instruction) {}

  void Check(const MountUse& use) {
    std::optional<std::string> effect;
    if (instruction_.keyword == "RUN") {
      effect = EffectOfRun(use);
    } else if (instruction_.keyword == "WORKDIR") {
      effect = EffectOfWorkdir(use);
    } else {
      effect = EffectOfCopy(use);
    }
    if (!effect ||
        !site_.earlier.reported_mounts.insert(use.mount.target).second) {
      return;
    }
    site_.Report(use.span, *effect, kAdvice);
  }

 private:
  std::optional<std::string> EffectOfRun(const MountUse& use) const {
    if (HasMount(use, instruction_)) return std::nullopt;
    const std::vector<ShellCommand>& commands = CommandsOf(site_, instruction_);
    const bool writes = absl::c_any_of(commands, [](const auto& command) {
      return !command.outputs.empty() || command.name == "tee";
    });
    PathReader reader(use.mount.target, writes);
    for (const ShellCommand& command : commands) reader.Read(command);
    if (const auto path = reader.used()) {
      return absl::StrCat("mounts it in the RUN that uses `", *path, "`, too");
    }
    if (!IsInImage(site_) || use.mount.kind == kube::RunMount::kContext ||
        use.mount.kind == kube::RunMount::kSecret) {
      return std::nullopt;
    }
    for (const std::string& tool : ToolsOf(site_, instruction_)) {
      if (use.tools.count(tool) == 0) continue;
      return absl::StrCat("mounts it in the RUN of another `", tool,
                          "`, too, whose files there are not in the image");
    }
    return std::nullopt;
  }

  std::optional<std::string> EffectOfWorkdir(const MountUse& use) const {
    const auto path = site_.before.PathOf(instruction_.text);
    if (!path || !IsInImage(site_) || !IsAtOrBelow(*path, use.mount.target) ||
        StageFiles(site_).Lookup(*path).Is(ImageFile::kFolder)) {
      return std::nullopt;
    }
    return absl::StrCat("omits from the image the folder `", *path,
                        "` of WORKDIR");
  }

  std::optional<std::string> EffectOfCopy(const MountUse& use) const {
    if (instruction_.words.empty()) return std::nullopt;
    if (const auto from = EffectOfFrom(use)) return from;
    const auto target = site_.before.PathOf(instruction_.words.back().text);
    if (!target) return std::nullopt;
    if (IsAtOrBelow(*target, use.mount.target)) {
      return absl::StrCat("omits from the image what ", instruction_.keyword,
                          " puts at `", *target, "`");
    }
    if (!IsAtOrBelow(use.mount.target, *target) ||
        instruction_.FindFlag("from") != nullptr) {
      return std::nullopt;
    }
    return EffectOfFolder(use, *target);
  }

  // A folder of the context that is copied to one above the mount.
  std::optional<std::string> EffectOfFolder(const MountUse& use,
                                            const std::string& target) const {
    if (site_.request.listing == nullptr) return std::nullopt;
    const ContextTree tree(site_.request.listing);
    const std::string rest =
        use.mount.target.substr(target == "/" ? 0 : target.size());
    for (size_t i = 0; i + 1 < instruction_.words.size(); ++i) {
      const auto source =
          KnownValue(site_.before.scope, instruction_.words[i].text);
      if (!source || IsRemote(*source) || HasWildcard(*source)) continue;
      const std::string path =
          CleanSource(absl::StrCat(CleanSource(*source), rest));
      if (!tree.Follow(path)) continue;
      return absl::StrCat("omits from the image what ", instruction_.keyword,
                          " puts at `", use.mount.target, "`");
    }
    return std::nullopt;
  }

  // The executor keeps the files of a stage with those of the volumes.
  std::optional<std::string> EffectOfFrom(const MountUse& use) const {
    const dockerfile::Flag* from = instruction_.FindFlag("from");
    if (from == nullptr || !from->value) return std::nullopt;
    const auto name = KnownValue(site_.before.scope, *from->value);
    if (!name ||
        StageOfFrom(*site_.request.dockerfile, *name, site_.stage.index) < 0) {
      return std::nullopt;
    }
    for (size_t i = 0; i + 1 < instruction_.words.size(); ++i) {
      const auto source =
          KnownValue(site_.before.scope, instruction_.words[i].text);
      if (!source) continue;
      const std::string path = CleanPath(absl::StrCat("/", *source));
      if (!IsAtOrBelow(path, use.mount.target) &&
          !IsAtOrBelow(use.mount.target, path)) {
        continue;
      }
      return absl::StrCat("copies the files of the mount with `",
                          instruction_.words[i].text, "`");
    }
    return std::nullopt;
  }

  const Site& site_;
  const Instruction& instruction_;
};

// A RUN line may have given the folder another mode or owner.
bool IsNamedByRun(const Site& site, const std::string& path) {
  return absl::c_any_of(site.before.changes, [&](const StageChange& change) {
    return change.kind == StageChange::kRun &&
           absl::StrContains(change.text, path);
  });
}

}  // namespace

bool IsMissing(const Site& site, const std::string& path) {
  const StageFile file = StageFiles(site).Lookup(path);
  if (file.kind != StageFile::kUnknown) return file.kind == StageFile::kAbsent;
  if (site.BaseFiles() == nullptr &&
      (path == "/root" || path == "/tmp" || absl::StartsWith(path, "/home"))) {
    return false;
  }
  return !IsNamedByRun(site, path);
}

void MakeFolderAboveMount(const Site& site, Draft& draft) {
  const auto path = site.before.PathOf(draft.original().text);
  if (!path || *path == "/" ||
      absl::c_none_of(site.earlier.all_mounts,
                      [&](const MountUse& use) {
                        return IsStrictlyBelow(use.mount.target, *path);
                      }) ||
      !IsMissing(site, *path)) {
    return;
  }
  const std::string folder = absl::StrCat(context::kOwnFolder, "/mount");
  context::MemoryFile file;
  file.path = absl::StrCat(folder, "/empty");
  file.folder = true;
  Instruction copy = MakeInstruction("COPY", "");
  const std::string user = site.User().value_or("");
  if (!IsRoot(user)) {
    copy.flags.push_back({"chown", NumbersFor(site, user).value_or(user), {}});
  }
  copy.words = {
      DoorWord(file.path, "/"),
      {EscapeWord(absl::StrCat(*path, "/"), site.request.dockerfile->escape),
       {}}};
  draft.files.push_back(std::move(file));
  draft.content_only.push_back(folder);
  draft.instructions.push_back(std::move(copy));
  draft.Because("the folder is there already, with a mount below it");
}

void ReportUsesOfMounts(const Site& site, Draft& draft) {
  UseChecker checker(site, draft.original());
  for (const MountUse& use : site.earlier.all_mounts) checker.Check(use);
}

}  // namespace ovenbird::rewrite
