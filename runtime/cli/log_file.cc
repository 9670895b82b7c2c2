#include "runtime/cli/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/folder_without_links.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::cli {
namespace {

// More builds of one image at the same time are a loop that went wild.
constexpr int kMostFiles = 1000;

// -1: another process writes it. Neither follows a link nor waits for the
// reader of a FIFO.
absl::StatusOr<int> OpenAlone(const std::string& path) {
  const int fd =
      open(path.c_str(),
           O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
           0666);
  if (fd < 0) {
    return errno == ELOOP
               ? absl::FailedPreconditionError(absl::StrCat(
                     "`", path, "` is a symlink, which is not followed"))
               : FileError(errno, "write", path);
  }
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(fd);
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is not a regular file"));
  }
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  const int error = errno;
  close(fd);
  if (error == EWOULDBLOCK) return -1;
  return FileError(error, "write", path);
}

}  // namespace

absl::StatusOr<LogFile> LogFile::Create(const std::string& root,
                                        const std::string& path) {
  const std::filesystem::path first =
      (std::filesystem::path(root) / path).lexically_normal();
  RETURN_IF_ERROR(MakeFolderWithoutLinks(
      root, std::filesystem::path(path).parent_path().string()));
  for (int i = 1; i <= kMostFiles; ++i) {
    std::filesystem::path each = first;
    if (i > 1) {
      each.replace_filename(absl::StrCat(first.stem().string(), "-", i,
                                         first.extension().string()));
    }
    absl::StatusOr<int> fd = OpenAlone(each.string());
    if (!fd.ok()) return fd.status();
    if (*fd >= 0) return LogFile(each.string(), *fd);
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("too many builds write log files at `", path, "`"));
}

LogFile::~LogFile() {
  if (fd_ >= 0) close(fd_);
}

absl::Status LogFile::Write(absl::string_view text) {
  const absl::Status status = Append(text);
  return std::exchange(failed_, failed_ || !status.ok()) ? absl::OkStatus()
                                                         : status;
}

absl::Status LogFile::Append(absl::string_view text) {
  if (!written_ && ftruncate(fd_, 0) != 0) {
    return FileError(errno, "write", path_);
  }
  written_ = true;
  while (!text.empty()) {
    const ssize_t n = write(fd_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return FileError(n < 0 ? errno : ENOSPC, "write", path_);
    text.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::cli
