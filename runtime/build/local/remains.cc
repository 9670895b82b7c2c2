#include "runtime/build/local/remains.h"

#include <errno.h>
#include <unistd.h>

#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/workspace.h"
#include "runtime/build/local/cgroups.h"
#include "runtime/build/local/daemon_containers.h"
#include "runtime/build/local/rootless.h"

namespace ovenbird::build {
namespace {

constexpr const char* kPrograms[] = {"docker", "podman"};
constexpr size_t kShownId = 12;  // as docker shows them

void AddContainers(const char* program, const Owner& owner,
                   Cancellation* cancel, std::vector<LocalRemains>& found) {
  absl::StatusOr<std::vector<FoundContainer>> containers =
      ListContainers(program, cancel);
  if (!containers.ok()) return;
  for (const FoundContainer& container : *containers) {
    ContainerVerdict verdict = JudgeContainer(container, owner, absl::Now());
    if (!verdict.ours) continue;
    LocalRemains& one = found.emplace_back();
    one.kind = LocalRemains::kContainer;
    one.name = container.id;
    one.program = program;
    one.image = verdict.image;
    one.in_use = verdict.in_use;
    one.why = std::move(verdict.why);
  }
}

// By the id of the container in it: whether a workspace lives.
using Workspaces = std::map<std::string, bool>;

Workspaces AddFolders(Cancellation* cancel, std::vector<LocalRemains>& found) {
  Workspaces workspaces;
  absl::StatusOr<std::string> cache = CacheFolder();
  if (!cache.ok()) return workspaces;
  std::vector<std::string> parents = {*cache + "/run",
                                      *cache + "/images/unfinished"};
  if (const auto memory = MemoryFolder(); memory.ok()) {
    parents.push_back(*memory);
  }
  for (const std::string& parent : parents) {
    for (FoundWorkspace& each : ListWorkspaces(parent, {cancel})) {
      workspaces[ContainerIdOf(each.path)] = each.in_use;
      LocalRemains& one = found.emplace_back();
      one.name = std::move(each.path);
      one.in_use = each.in_use;
      one.why = each.in_use ? "a process uses it" : "its process has exited";
    }
  }
  return workspaces;
}

// Groups bear no name of a user: those of a folder of ours are ours, and what
// is empty and old is nobody's.
void AddCgroups(const Workspaces& workspaces,
                std::vector<LocalRemains>& found) {
  if (geteuid() != 0) return;
  const absl::Time old = absl::Now() - kYoungCgroup;
  for (Cgroup& group : ListCgroups()) {
    auto workspace = workspaces.find(group.container_id);
    const bool known = workspace != workspaces.end();
    LocalRemains one;
    one.kind = LocalRemains::kCgroup;
    one.name = std::move(group.path);
    if (group.has_processes || (known && workspace->second)) {
      one.in_use = true;
      one.why = "a process uses it";
    } else if (known || group.changed < old) {
      one.why = "its process has exited";
    } else {
      one.in_use = true;
      one.why = "it is new and may be used soon";
    }
    found.push_back(std::move(one));
  }
}

}  // namespace

std::string LocalRemains::Describe() const {
  switch (kind) {
    case kContainer:
      return absl::StrCat(program, " container ", name.substr(0, kShownId),
                          " (image `", image, "`)");
    case kFolder:
      return absl::StrCat("folder ", name);
    case kCgroup:
      return absl::StrCat("control group ", name);
  }
  return "";
}

std::vector<LocalRemains> FindLocalRemains(const Owner& owner,
                                           Cancellation* cancel) {
  std::vector<LocalRemains> found;
  for (const char* program : kPrograms) {
    AddContainers(program, owner, cancel, found);
  }
  const Workspaces workspaces = AddFolders(cancel, found);
  AddCgroups(workspaces, found);
  return found;
}

absl::Status DeleteLocalRemains(const LocalRemains& remains,
                                Cancellation* cancel) {
  switch (remains.kind) {
    case LocalRemains::kContainer:
      return RemoveContainer(remains.program, remains.name, cancel);
    case LocalRemains::kFolder:
      if (DeleteWorkspace(remains.name,
                          geteuid() == 0 ? nullptr : RemoveRootless)) {
        return absl::OkStatus();
      }
      return absl::UnavailableError(
          absl::StrCat("cannot delete the folder ", remains.name));
    case LocalRemains::kCgroup:
      if (rmdir(remains.name.c_str()) == 0 || errno == ENOENT) {
        return absl::OkStatus();
      }
      return absl::ErrnoToStatus(
          errno,
          absl::StrCat("cannot delete the control group ", remains.name));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::build
