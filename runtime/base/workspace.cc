#include "runtime/base/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/entries.h"
#include "runtime/base/ignore_exceptions.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"

namespace ovenbird {
namespace {

int LockFolder(const std::string& path, int how) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && flock(fd, how) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

void Delete(const std::string& path, const Workspace::Remover& remover) {
  if (remover) remover(path);
  std::error_code error;
  std::filesystem::remove_all(path, error);
}

// Deletes the folders in `parent` that no living process holds.
void Sweep(const std::string& parent, const Workspace::Remover& remover) {
  const auto entries = EntriesOf(parent);
  if (!entries.ok()) return;
  std::error_code error;
  for (const std::string& path : *entries) {
    if (std::filesystem::is_directory(path, error)) {
      DeleteWorkspace(path, remover);
    }
  }
}

}  // namespace

absl::StatusOr<Workspace> Workspace::Make(const std::string& parent,
                                          Remover remover,
                                          const LockWait& wait) {
  RETURN_IF_ERROR(MakePrivateFolder(parent));
  // Under it no folder is seen between its making and its locking.
  ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(parent + "/.lock", wait));
  Sweep(parent, remover);
  std::string path = parent + "/XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot create a folder in ", parent));
  }
  const int fd = LockFolder(path, LOCK_EX);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock ", path));
  }
  return Workspace(std::move(path), fd, std::move(remover));
}

std::vector<FoundWorkspace> ListWorkspaces(const std::string& parent,
                                           const LockWait& wait) {
  std::vector<FoundWorkspace> found;
  const std::string lock_file = parent + "/.lock";
  if (access(lock_file.c_str(), F_OK) != 0) return found;
  absl::StatusOr<FileLock> lock = FileLock::Take(lock_file, wait);
  if (!lock.ok()) return found;
  const auto entries = EntriesOf(parent);
  if (!entries.ok()) return found;
  std::error_code error;
  for (const std::string& path : *entries) {
    if (!std::filesystem::is_directory(path, error)) continue;
    FoundWorkspace& workspace = found.emplace_back();
    workspace.path = path;
    const int fd = LockFolder(workspace.path, LOCK_EX | LOCK_NB);
    workspace.in_use = fd < 0;
    if (fd >= 0) close(fd);
  }
  std::sort(found.begin(), found.end(),
            [](const FoundWorkspace& a, const FoundWorkspace& b) {
              return a.path < b.path;
            });
  return found;
}

bool DeleteWorkspace(const std::string& path,
                     const Workspace::Remover& remover) {
  const int fd = LockFolder(path, LOCK_EX | LOCK_NB);
  if (fd < 0) return access(path.c_str(), F_OK) != 0;
  Delete(path, remover);
  close(fd);
  return access(path.c_str(), F_OK) != 0;
}

Workspace::Workspace(Workspace&& other) noexcept
    : path_(std::exchange(other.path_, "")),
      fd_(std::exchange(other.fd_, -1)),
      remover_(std::move(other.remover_)) {}

Workspace::~Workspace() {
  if (path_.empty()) return;
  // What is left is swept by the next one.
  IgnoreExceptions([this] { Delete(path_, remover_); });
  close(fd_);
}

}  // namespace ovenbird
