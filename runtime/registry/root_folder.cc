#include "runtime/registry/root_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::registry {
namespace {

int OpenInRoot(int root, const std::string& path) {
  open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(
      syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
}

std::vector<std::string> NamesIn(DIR* folder) {
  std::vector<std::string> names;
  while (const dirent* entry = readdir(folder)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

}  // namespace

absl::StatusOr<RootFolder> RootFolder::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  return RootFolder(fd);
}

RootFolder::RootFolder(RootFolder&& other) noexcept
    : root_(std::exchange(other.root_, -1)),
      last_(std::exchange(other.last_, -1)),
      last_path_(std::move(other.last_path_)) {}

RootFolder::~RootFolder() {
  Forget();
  if (root_ >= 0) close(root_);
}

void RootFolder::Forget() {
  if (last_ >= 0) close(std::exchange(last_, -1));
}

absl::StatusOr<int> RootFolder::Folder(absl::string_view path) {
  if (path.empty()) return root_;
  if (last_ >= 0 && last_path_ == path) return last_;
  Forget();
  last_path_ = std::string(path);
  ASSIGN_OR_RETURN(last_, OpenOrMake(last_path_));
  return last_;
}

std::optional<int> RootFolder::ExistingFolder(absl::string_view path) {
  if (path.empty()) return root_;
  if (last_ >= 0 && last_path_ == path) return last_;
  Forget();
  last_path_ = std::string(path);
  last_ = OpenInRoot(root_, last_path_);
  if (last_ < 0) return std::nullopt;
  return last_;
}

absl::StatusOr<int> RootFolder::OpenOrMake(const std::string& path) {
  int fd = OpenInRoot(root_, path);
  if (fd >= 0) return fd;
  if (errno != ENOENT || path.empty()) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  const size_t slash = path.rfind('/');
  const bool top = slash == std::string::npos;
  ASSIGN_OR_RETURN(const int parent,
                   OpenOrMake(top ? "." : path.substr(0, slash)));
  const std::string name = top ? path : path.substr(slash + 1);
  const bool made = mkdirat(parent, name.c_str(), 0755) == 0;
  const int error = errno;
  close(parent);
  if (!made) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot create ", path));
  }
  fd = OpenInRoot(root_, path);
  if (fd >= 0) return fd;
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
}

absl::Status RemoveContent(int parent, const std::string& name) {
  const int fd = openat(parent, name.c_str(),
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", name));
  }
  DIR* folder = fdopendir(fd);
  if (folder == nullptr) {
    const int error = errno;
    close(fd);
    return absl::ErrnoToStatus(error, absl::StrCat("cannot read ", name));
  }
  absl::Status status;
  for (const std::string& child : NamesIn(folder)) {
    status = RemoveAll(dirfd(folder), child);
    if (!status.ok()) break;
  }
  closedir(folder);
  return status;
}

absl::Status RemoveAll(int parent, const std::string& name) {
  if (unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) {
    return absl::OkStatus();
  }
  if (errno == EISDIR || errno == EPERM) {
    RETURN_IF_ERROR(RemoveContent(parent, name));
    if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) {
      return absl::OkStatus();
    }
  }
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot delete ", name));
}

}  // namespace ovenbird::registry
