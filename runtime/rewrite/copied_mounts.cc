#include "runtime/rewrite/copied_mounts.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/kube/handover.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/mount_paths.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using kube::RunMount;

bool IsFile(const Site& site, const std::string& source) {
  if (site.request.listing == nullptr) return false;
  const ContextTree tree(site.request.listing);
  const auto found = tree.Follow(source);
  return found && found->entry != ContextTree::kTop &&
         !tree.IsFolder(found->entry);
}

// Whether the instruction copies files of the context to `target`, or to a
// folder above it.
bool MayFill(const Site& site, const Instruction& instruction,
             const std::string& target) {
  if ((instruction.keyword != "COPY" && instruction.keyword != "ADD") ||
      instruction.words.empty() || instruction.FindFlag("from") != nullptr) {
    return false;
  }
  const auto path = site.before.PathOf(instruction.words.back().text);
  return path && IsAtOrBelow(target, *path);
}

// Other stages count, too: they are often made alike.
bool IsFilledLater(const Site& site, const std::string& target,
                   const Instruction& run) {
  return absl::c_any_of(
      site.request.dockerfile->stages, [&](const dockerfile::Stage& stage) {
        return absl::c_any_of(stage.instructions,
                              [&](const Instruction& later) {
                                return later.span.begin > run.span.begin &&
                                       MayFill(site, later, target);
                              });
      });
}

// Whether another RUN needs a volume there, which is there in each RUN.
bool IsVolume(const Site& site, const std::string& target) {
  return absl::c_any_of(site.earlier.all_mounts, [&](const MountUse& use) {
    return use.mount.target == target;
  });
}

// The folder of WORKDIR, or one that is known to be there.
bool IsFolder(const Site& site, const std::string& path) {
  return site.before.folder == path || path == "/" ||
         StageFiles(site).Lookup(path).Is(ImageFile::kFolder);
}

// Whether a command may write to the target, delete it or change it together
// with a folder above it: with a mount, which is read-only, that fails.
bool MayChange(const Site& site, const Instruction& run,
               const std::string& target) {
  return absl::c_any_of(
      CommandsOf(site, run), [&](const dockerfile::ShellCommand& command) {
        return absl::c_any_of(dockerfile::DeletionsOf(command),
                              [&](const std::string& path) {
                                return IsAtOrBelow(target, path);
                              }) ||
               absl::c_any_of(dockerfile::WritesOf(command),
                              [&](const dockerfile::Write& write) {
                                return IsAtOrBelow(target, write.path);
                              });
      });
}

std::string FolderOf(const std::string& path) {
  const size_t end = path.rfind('/');
  return end == 0 ? "/" : path.substr(0, end);
}

std::string SourceOf(const RunMount& mount) {
  return absl::StrCat(kube::kContextPath, "/", mount.source);
}

}  // namespace

bool IsCopiedForRun(const Site& site, const RunMount& mount,
                    const Instruction& run) {
  if (mount.kind != RunMount::kContext || run.exec_form ||
      !run.heredocs.empty() || !IsFile(site, mount.source) ||
      !IsFilledLater(site, mount.target, run) || IsVolume(site, mount.target)) {
    return false;
  }
  // The command must not replace the shell that deletes the copy.
  return !absl::StrContains(run.text, "exec") &&
         !absl::StrContains(run.text, "trap") &&
         !MayChange(site, run, mount.target) && IsPlainPath(mount.target) &&
         IsPlainPath(mount.source) && CanRunAsRoot(site, {"cp", "rm"}) &&
         IsFolder(site, FolderOf(mount.target)) &&
         IsMissing(site, mount.target);
}

void CopyForRun(const std::vector<RunMount>& mounts, Draft& draft) {
  if (mounts.empty()) return;
  std::string copies;
  std::string targets;
  for (const RunMount& mount : mounts) {
    absl::StrAppend(&copies, "[ ! -e ", mount.target, " ] && cp -p ",
                    SourceOf(mount), " ", mount.target, " || { echo '",
                    mount.target, ": cannot mount the file here'; exit 1; }; ");
    absl::StrAppend(&targets, " ", mount.target);
  }
  AddPrefix(absl::StrCat(copies, "trap 'rm -f", targets, "' EXIT;"), draft);
  draft.Because("a volume would be in the way of a later COPY");
}

}  // namespace ovenbird::rewrite
