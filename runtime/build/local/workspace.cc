#include "runtime/build/local/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::build {
namespace {

constexpr mode_t kPrivate = 0700;
constexpr mode_t kOthers = 0077;

std::string Environment(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

// Whether the folder can be the cache. Unlike one in /tmp it may be a link to
// another disk, and what an earlier version let others enter is closed to them.
bool MakeOwnCache(const std::string& folder) {
  struct stat info;
  if (!MakePrivateFolder(folder).ok() || stat(folder.c_str(), &info) != 0 ||
      info.st_uid != geteuid() || access(folder.c_str(), W_OK) != 0) {
    return false;
  }
  return (info.st_mode & kOthers) == 0 || chmod(folder.c_str(), kPrivate) == 0;
}

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
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(parent, error)) {
    if (entry.is_directory(error)) DeleteWorkspace(entry.path(), remover);
  }
}

}  // namespace

absl::Status MakePrivateFolder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return absl::OkStatus();
  const std::string parent = std::filesystem::path(path).parent_path();
  if (!parent.empty() && parent != path) {
    RETURN_IF_ERROR(MakePrivateFolder(parent));
  }
  if (mkdir(path.c_str(), kPrivate) == 0 || errno == EEXIST) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", path));
}

absl::Status CheckPrivateFolder(const std::string& path, uid_t user) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot use ", path));
  }
  std::string why;
  if (!S_ISDIR(info.st_mode)) {
    why = "is not a folder";
  } else if (info.st_uid != user) {
    why = absl::StrCat("belongs to another user (uid ", info.st_uid, ")");
  } else if ((info.st_mode & kOthers) != 0) {
    why = absl::StrFormat("can be entered by other users (mode %04o)",
                          info.st_mode & 07777);
  } else {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(
      absl::StrCat(path, " ", why,
                   ", so it is not used as the cache; delete it, or set "
                   "XDG_CACHE_HOME to a folder of your own"));
}

absl::StatusOr<std::string> CacheFolder() {
  std::string own;
  if (const std::string xdg = Environment("XDG_CACHE_HOME"); !xdg.empty()) {
    own = absl::StrCat(xdg, "/ovenbird");
  } else if (const std::string home = Environment("HOME"); !home.empty()) {
    own = absl::StrCat(home, "/.cache/ovenbird");
  }
  if (!own.empty() && MakeOwnCache(own)) return own;
  const std::string temporary = Environment("TMPDIR");
  std::string shared = absl::StrCat(temporary.empty() ? "/tmp" : temporary,
                                    "/ovenbird-", geteuid());
  RETURN_IF_ERROR(MakePrivateFolder(shared));
  RETURN_IF_ERROR(CheckPrivateFolder(shared, geteuid()));
  if (access(shared.c_str(), W_OK) == 0) return shared;
  return absl::PermissionDeniedError(absl::StrCat("cannot write to ", shared));
}

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  while (flock(fd, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    close(fd);
    return absl::ErrnoToStatus(error, absl::StrCat("cannot lock ", path));
  }
  return FileLock(fd);
}

FileLock::FileLock(FileLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<Workspace> Workspace::Make(const std::string& parent,
                                          Remover remover) {
  RETURN_IF_ERROR(MakePrivateFolder(parent));
  // Under it no folder is seen between its making and its locking.
  ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(parent + "/.lock"));
  Sweep(parent, remover);
  std::string path = parent + "/XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot make a folder in ", parent));
  }
  const int fd = LockFolder(path, LOCK_EX);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock ", path));
  }
  return Workspace(std::move(path), fd, std::move(remover));
}

std::vector<FoundWorkspace> ListWorkspaces(const std::string& parent) {
  std::vector<FoundWorkspace> found;
  const std::string lock_file = parent + "/.lock";
  if (access(lock_file.c_str(), F_OK) != 0) return found;
  absl::StatusOr<FileLock> lock = FileLock::Take(lock_file);
  if (!lock.ok()) return found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(parent, error)) {
    if (!entry.is_directory(error)) continue;
    FoundWorkspace& workspace = found.emplace_back();
    workspace.path = entry.path();
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
  Delete(path_, remover_);
  close(fd_);
}

}  // namespace ovenbird::build
