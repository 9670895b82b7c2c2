#include "runtime/rewrite/run_mounts.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/sha256.h"
#include "runtime/base/shell_quote.h"
#include "runtime/context/door.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/secret_mounts.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copied_mounts.h"
#include "runtime/rewrite/mount_option.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/secret_env.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using kube::RunMount;

constexpr absl::string_view kOwnPaths[] = {"/kaniko", kube::kContextPath,
                                           "/proc", "/sys", "/dev/pts"};

std::optional<MountFlag> Read(const Site& site, const Flag& flag) {
  return ReadMountFlag(flag.value.value_or(""), [&](absl::string_view text) {
    return KnownValue(site.before.scope, text);
  });
}

// WORKDIR as BuildKit has it there; nullopt: unknown.
std::optional<std::string> FolderOf(const Site& site) {
  if (site.before.folder) return site.before.folder;
  for (const StageChange& change : site.before.changes) {
    if (change.kind == StageChange::kWorkdir) return std::nullopt;
  }
  const auto base = site.Base();
  if (base == nullptr) return std::nullopt;
  return base->working_dir.empty() ? "/" : base->working_dir;
}

// The path at which kaniko finds the target: a mount point on a symlink of the
// base image would be in the way of that link.
std::optional<std::string> TargetOf(const Site& site, const MountFlag& flag) {
  std::string path = flag.target;
  if (!absl::StartsWith(path, "/")) {
    const auto folder = FolderOf(site);
    if (!folder) return std::nullopt;
    path = absl::StrCat("/", *folder, "/", path);
  }
  path = CleanPath(path);
  return StageFiles(site).Follow(path).value_or(path);
}

bool IsEqual(const RunMount& a, const RunMount& b) {
  return a.kind == b.kind && a.id == b.id && a.source == b.source &&
         a.size == b.size && a.mode == b.mode && a.user == b.user &&
         a.group == b.group;
}

// Adds what tells one state of a file or folder of the context from another, as
// BuildKit does for files of this machine.
void AddState(const ContextTree& tree, uint32_t entry, std::string& state) {
  if (tree.IsFolder(entry)) {
    for (const uint32_t child : tree.Children(entry)) {
      AddState(tree, child, state);
    }
  }
  if (entry == ContextTree::kTop) return;
  const context::Entry& file = tree.listing()[entry];
  absl::StrAppend(&state, tree.Path(entry), std::string(1, '\0'),
                  static_cast<int>(file.type), " ", file.mode, "\n");
  if (tree.IsFolder(entry)) return;
  absl::StrAppend(&state, file.size, " ", file.mtime_s, ".", file.mtime_ns,
                  "\n");
}

// Turns the flags of one RUN into volumes.
class Mounter {
 public:
  Mounter(const Site& site, Draft& draft) : site_(site), draft_(draft) {}

  // The executor's cache key of a RUN does not contain what is mounted for it:
  // puts the state of the mounted files into an instruction before it.
  void NameState() {
    if (state_.empty() || !site_.request.cache) return;
    Instruction arg = MakeInstruction("ARG", "");
    arg.pairs.push_back(
        {"OVENBIRD_MOUNTS", ToHex(Sha256Of(state_)).substr(0, 12)});
    draft_.instructions.insert(draft_.instructions.begin(), std::move(arg));
    draft_.Because("the executor's cache key does not contain mounted files");
  }

  // Returns whether the RUN is sent without the flag.
  bool TakeOut(const Flag& flag) {
    if (flag.name != "mount") return false;
    const std::optional<MountFlag> mount = Read(site_, flag);
    if (!mount) {
      Report(flag, "cannot mount what a variable of unknown value names",
             "write the value out");
      return true;
    }
    if (IsExecutors(*mount)) return false;
    if (mount->type == "secret") {
      TakeSecret(flag, *mount);
      return true;
    }
    const std::optional<std::string> target = TargetOf(site_, *mount);
    if (!target) {
      ReportFolder(flag, mount->target);
      return true;
    }
    if (const auto volume = VolumeOf(flag, *mount, *target)) {
      if (IsCopiedForRun(site_, *volume, draft_.original())) {
        copied_.push_back(*volume);
      } else {
        Use(flag, *volume);
      }
    }
    return true;
  }

  void CopyFiles() { CopyForRun(copied_, draft_); }

 private:
  void Report(const Flag& flag, absl::string_view effect,
              absl::string_view advice) const {
    site_.Report(flag.span, effect, advice);
  }

  void ReportFolder(const Flag& flag, const std::string& target) const {
    Report(flag,
           absl::StrCat("cannot mount `", target,
                        "` in a folder that is not known here"),
           "write an absolute path, or `WORKDIR` before it");
  }

  // Reports a target that the build itself needs.
  bool IsOwnPath(const Flag& flag, const std::string& target) const {
    for (const absl::string_view own : kOwnPaths) {
      if (target != "/" && !IsAtOrBelow(target, own)) continue;
      Report(flag, absl::StrCat("cannot mount anything at `", target, "`"),
             "use another target");
      return true;
    }
    return false;
  }

  // Whether the executor gets the flag: it honours it, or its check reports it.
  bool IsExecutors(const MountFlag& mount) const {
    if (mount.type == "ssh") return true;
    if (mount.type == "tmpfs" || mount.type == "secret") return false;
    return !mount.from.empty() ||
           (site_.Can(Capability::kRunMount) && !IsKept(mount));
  }

  bool IsKept(const MountFlag& mount) const {
    if (mount.type != "cache") return false;
    const std::string name =
        mount.id.empty() ? CleanPath(mount.target) : mount.id;
    const auto& kept = site_.request.kept_caches;
    return std::any_of(kept.begin(), kept.end(), [&](const std::string& each) {
      return each == name || CleanPath(each) == CleanPath(mount.target);
    });
  }

  std::optional<RunMount> VolumeOf(const Flag& flag, const MountFlag& mount,
                                   const std::string& target) {
    if (IsOwnPath(flag, target)) return std::nullopt;
    RunMount volume;
    volume.target = target;
    if (mount.type == "tmpfs") {
      volume.kind = RunMount::kMemory;
      volume.size = mount.size;
      return volume;
    }
    if (mount.type == "bind") return ContextVolume(flag, mount, volume);
    if (!CleanSource(mount.source).empty()) {
      Report(flag, "mounts all of a cache", "remove `source` from the cache");
      return std::nullopt;
    }
    volume.id = mount.id.empty() ? CleanPath(mount.target) : mount.id;
    volume.mode = mount.mode.value_or(0755) & 07777;
    volume.user = mount.user.value_or(0);
    volume.group = mount.group.value_or(0);
    return volume;
  }

  std::optional<RunMount> ContextVolume(const Flag& flag,
                                        const MountFlag& mount,
                                        RunMount volume) {
    if (!mount.read_only) {
      Report(flag, "cannot mount files of the context for writing",
             "remove `rw`, and write to another folder");
      return std::nullopt;
    }
    volume.kind = RunMount::kContext;
    volume.source = CleanSource(mount.source);
    volume.hides_ignore_file =
        volume.source.empty() && site_.request.moves_ignore_file;
    if (site_.request.listing == nullptr) return volume;
    const ContextTree tree(site_.request.listing);
    // A missing source is reported where the stages are resolved.
    const auto found = tree.Follow(volume.source);
    if (found) {
      volume.source = tree.Path(found->entry);
      if (site_.request.cache) AddState(tree, found->entry, state_);
    }
    if (volume.hides_ignore_file && tree.Follow(context::kIgnoreFile)) {
      Report(flag,
             absl::StrCat("does not show `", context::kIgnoreFile,
                          "` in the mount"),
             "use a newer kaniko");
    }
    return volume;
  }

  // A secret that is not given is not mounted, by BuildKit either, which sets
  // its variable to nothing. The plan knows whether it has to be there.
  void TakeSecret(const Flag& flag, const MountFlag& mount) {
    RunMount volume;
    volume.kind = RunMount::kSecret;
    volume.id = dockerfile::SecretId(mount.id, mount.source, mount.target);
    if (site_.request.secrets.count(volume.id) == 0) {
      if (mount.env) SetVariable(flag, *mount.env, "");
      return;
    }
    if (mount.env) {
      TakeVariable(flag, *mount.env, volume);
      if (mount.target.empty()) return;
    }
    MountFlag with_target = mount;
    if (mount.target.empty()) {
      with_target.target = absl::StrCat(
          "/run/secrets/", volume.id.substr(volume.id.rfind('/') + 1));
    }
    const std::optional<std::string> target = TargetOf(site_, with_target);
    if (!target) return ReportFolder(flag, with_target.target);
    if (IsOwnPath(flag, *target)) return;
    volume.target = *target;
    volume.mode = mount.mode.value_or(0400) & 07777;
    volume.user = mount.user.value_or(0);
    volume.group = mount.group.value_or(0);
    Use(flag, volume);
  }

  // Any user of the RUN may read a variable, and so the file that it is from.
  void TakeVariable(const Flag& flag, absl::string_view name, RunMount volume) {
    volume.target = SecretFile(volume.id);
    volume.mode = 0444;
    if (SetVariable(flag, name, volume.target)) Use(flag, volume);
  }

  // False, and reported, if that is impossible.
  bool SetVariable(const Flag& flag, absl::string_view name,
                   absl::string_view file) {
    const std::string problem = SetFromFile(site_, name, file, draft_);
    if (problem.empty()) return true;
    Report(flag,
           absl::StrCat("cannot set the variable `", name, "`: ", problem),
           "mount the secret as a file, without `env`");
    return false;
  }

  void Use(const Flag& flag, const RunMount& volume) {
    const Span run = draft_.original().span;
    std::vector<MountUse>& uses = site_.earlier.mounts;
    const auto used = std::find_if(
        uses.begin(), uses.end(),
        [&](const MountUse& use) { return use.mount.target == volume.target; });
    if (used == uses.end()) {
      uses.push_back({volume, flag.span, {run}, Tools()});
      return;
    }
    if (!IsEqual(used->mount, volume)) {
      Report(flag,
             absl::StrCat("mounts the same files at `", volume.target,
                          "` in every RUN"),
             "use another target, or the same options in every RUN");
      return;
    }
    used->runs.push_back(run);
    used->tools.merge(Tools());
    if (volume.kind == RunMount::kMemory) Empty(flag, volume.target);
  }

  bool HasShell() const {
    const auto files = site_.BaseFiles();
    if (files == nullptr || !site_.before.shell.empty()) {
      return site_.before.has_shell;
    }
    return HasProgram(*files, "sh") && HasProgram(*files, "rm");
  }

  std::set<std::string> Tools() const {
    return ToolsOf(site_, draft_.original());
  }

  // Removes what an earlier RUN has left in a tmpfs.
  void Empty(const Flag& flag, const std::string& folder) {
    const std::string path = IsPlainPath(folder) ? folder : ShellQuote(folder);
    const std::string command =
        absl::StrCat("rm -rf ", path, "/* ", path, "/.[!.]* ", path, "/..?*");
    const std::optional<std::string> user = site_.User();
    if (TakesPrefix(site_, draft_.original())) {
      AddPrefix(absl::StrCat(command, ";"), draft_);
    } else if (user && HasShell()) {
      const char escape = site_.request.dockerfile->escape;
      std::vector<Instruction> sent = {MakeInstruction("RUN", command)};
      if (!user->empty()) {
        sent.insert(sent.begin(), MakeInstruction("USER", "0"));
        sent.push_back(MakeInstruction("USER", EscapeWord(*user, escape)));
      }
      draft_.instructions.insert(draft_.instructions.begin(), sent.begin(),
                                 sent.end());
    } else {
      Report(flag,
             absl::StrCat("keeps the files in `", folder,
                          "` from one RUN to the next"),
             "use another target in each RUN, or delete the files in the RUN "
             "that writes them");
      return;
    }
    draft_.Because("the executor has one tmpfs for all commands");
  }

  const Site& site_;
  Draft& draft_;
  // Of the mounted files of the context.
  std::string state_;
  // Files that the RUN gets as copies.
  std::vector<RunMount> copied_;
};

}  // namespace

void TakeOutMounts(const Site& site, Draft& draft) {
  Mounter mounter(site, draft);
  for (const Flag& flag : draft.original().flags) {
    if (!mounter.TakeOut(flag)) continue;
    for (Instruction& run : draft.instructions) {
      const auto sent = std::find_if(
          run.flags.begin(), run.flags.end(), [&](const Flag& other) {
            return other.span.begin == flag.span.begin;
          });
      if (run.keyword == "RUN" && sent != run.flags.end()) {
        run.flags.erase(sent);
      }
    }
    draft.Because("the executor does not mount files for one RUN");
  }
  mounter.CopyFiles();
  mounter.NameState();
}

}  // namespace ovenbird::rewrite
