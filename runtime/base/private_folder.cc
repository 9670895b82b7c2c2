#include "runtime/base/private_folder.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/base/format_text.h"
#include "runtime/base/status_macros.h"

namespace ovenbird {
namespace {

constexpr mode_t kPrivate = 0700;
constexpr mode_t kOthers = 0077;

// Whether the folder can be used. Unlike one in /tmp it may be a link to
// another disk, and what an earlier version let others enter is closed to them.
bool MakeOwnFolder(const std::string& folder) {
  struct stat info;
  if (!MakePrivateFolder(folder).ok() || stat(folder.c_str(), &info) != 0 ||
      info.st_uid != geteuid() || access(folder.c_str(), W_OK) != 0) {
    return false;
  }
  return (info.st_mode & kOthers) == 0 || chmod(folder.c_str(), kPrivate) == 0;
}

// `in_home`: where the folder is if the variable is not set.
absl::StatusOr<std::string> UserFolder(const char* variable,
                                       const char* in_home) {
  std::string own;
  if (const std::string xdg = EnvironmentOrEmpty(variable); !xdg.empty()) {
    own = absl::StrCat(xdg, "/ovenbird");
  } else if (const std::string home = EnvironmentOrEmpty("HOME");
             !home.empty()) {
    own = absl::StrCat(home, in_home, "/ovenbird");
  }
  if (!own.empty() && MakeOwnFolder(own)) return own;
  const std::string temporary = EnvironmentOrEmpty("TMPDIR");
  std::string shared = absl::StrCat(temporary.empty() ? "/tmp" : temporary,
                                    "/ovenbird-", geteuid());
  RETURN_IF_ERROR(MakePrivateFolder(shared));
  RETURN_IF_ERROR(CheckPrivateFolder(shared, geteuid()));
  if (access(shared.c_str(), W_OK) == 0) return shared;
  return absl::PermissionDeniedError(absl::StrCat("cannot write to ", shared));
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
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
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
    why = FormatText("is accessible to other users (mode %04o)",
                     info.st_mode & 07777);
  } else {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(
      absl::StrCat(path, " ", why,
                   ", so it is not used; delete it, or set XDG_CACHE_HOME and "
                   "XDG_STATE_HOME to folders of your own"));
}

absl::StatusOr<std::string> CacheFolder() {
  return UserFolder("XDG_CACHE_HOME", "/.cache");
}

absl::StatusOr<std::string> StateFolder() {
  return UserFolder("XDG_STATE_HOME", "/.local/state");
}

absl::StatusOr<std::string> MemoryFolder() {
  const char* const top = "/dev/shm";
  struct statfs info;
  if (statfs(top, &info) != 0 || info.f_type != TMPFS_MAGIC) {
    return absl::UnavailableError("this machine has no /dev/shm");
  }
  std::string path = absl::StrCat(top, "/ovenbird-", geteuid());
  if (!MakePrivateFolder(path).ok() ||
      !CheckPrivateFolder(path, geteuid()).ok()) {
    return absl::UnavailableError(absl::StrCat("cannot use ", path));
  }
  return path;
}

}  // namespace ovenbird
