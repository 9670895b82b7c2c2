#include "runtime/base/folder_without_links.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"

namespace ovenbird {
namespace {

constexpr int kOpenFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;

// A folder in the open folder `parent`, created if it is missing; -1 and errno
// if that fails.
int EnterFolder(int parent, const char* name) {
  if (mkdirat(parent, name, 0777) != 0 && errno != EEXIST) return -1;
  return openat(parent, name, kOpenFolder | O_NOFOLLOW);
}

bool IsLink(int parent, const char* name) {
  struct stat info;
  return fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISLNK(info.st_mode);
}

}  // namespace

absl::Status MakeFolderWithoutLinks(const std::string& root,
                                    const std::string& path) {
  std::filesystem::path at = root;
  int folder = open(root.empty() ? "." : root.c_str(), kOpenFolder);
  if (folder < 0) return FileError(errno, "open", root);
  for (const std::filesystem::path& name : std::filesystem::path(path)) {
    if (name.empty() || name == ".") continue;
    at /= name;
    const int next = EnterFolder(folder, name.c_str());
    const int error = errno;
    const bool is_link = next < 0 && IsLink(folder, name.c_str());
    close(folder);
    if (is_link) {
      return absl::FailedPreconditionError(absl::StrCat(
          "`", at.string(),
          "` is a symlink, which builds do not follow when they write; delete "
          "it"));
    }
    if (next < 0) return FileError(error, "create", at.string());
    folder = next;
  }
  close(folder);
  return absl::OkStatus();
}

}  // namespace ovenbird
