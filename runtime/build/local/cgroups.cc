#include "runtime/build/local/cgroups.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/entries.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kIdPrefix = "ovenbird-run-";

// The root of the tree of cgroups (version 2) and of each controller's tree
// (version 1).
std::vector<std::string> CgroupFolders() {
  std::vector<std::string> result = {"/sys/fs/cgroup"};
  const auto entries = EntriesOf("/sys/fs/cgroup");
  if (!entries.ok()) return result;
  std::error_code error;
  for (const std::string& path : *entries) {
    if (fs::symlink_status(path, error).type() == fs::file_type::directory) {
      result.push_back(path);
    }
  }
  return result;
}

bool HasProcesses(const std::string& path) {
  std::ifstream processes(absl::StrCat(path, "/cgroup.procs"));
  return processes.peek() != std::ifstream::traits_type::eof();
}

}  // namespace

std::string ContainerIdOf(absl::string_view here) {
  return absl::StrCat(kIdPrefix, here.substr(here.rfind('/') + 1));
}

void RemoveCgroups(const std::string& container_id) {
  std::vector<std::string> left;
  for (const std::string& folder : CgroupFolders()) {
    left.push_back(absl::StrCat(folder, "/", container_id));
  }
  for (int attempt = 0; attempt < 100; ++attempt) {
    left.erase(std::remove_if(left.begin(), left.end(),
                              [](const std::string& path) {
                                return rmdir(path.c_str()) == 0 ||
                                       errno != EBUSY;
                              }),
               left.end());
    if (left.empty()) return;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

std::vector<Cgroup> ListCgroups() {
  std::vector<Cgroup> groups;
  for (const std::string& folder : CgroupFolders()) {
    const auto entries = EntriesOf(folder);
    if (!entries.ok()) continue;
    for (const std::string& path : *entries) {
      struct stat info;
      Cgroup group;
      group.path = path;
      group.container_id = path.substr(path.rfind('/') + 1);
      if (!absl::StartsWith(group.container_id, kIdPrefix) ||
          stat(group.path.c_str(), &info) != 0) {
        continue;
      }
      group.has_processes = HasProcesses(group.path);
      group.changed = absl::FromTimeT(info.st_ctime);
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

void SweepCgroups() {
  const absl::Time old = absl::Now() - kYoungCgroup;
  for (const Cgroup& group : ListCgroups()) {
    if (group.changed < old) rmdir(group.path.c_str());
  }
}

}  // namespace ovenbird::build
