#include "runtime/cli/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"

namespace ovenbird::cli {
namespace {

// More builds of one image at the same time are a loop that went wild.
constexpr int kMostFiles = 1000;

// -1: another process writes it.
absl::StatusOr<int> OpenAlone(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return FileError(errno, "write", path);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  const int error = errno;
  close(fd);
  if (error == EWOULDBLOCK) return -1;
  return FileError(error, "write", path);
}

}  // namespace

absl::StatusOr<LogFile> LogFile::Create(const std::string& path) {
  const std::filesystem::path first(path);
  std::error_code error;
  std::filesystem::create_directories(first.parent_path(), error);
  if (error) {
    return FileError(error.value(), "create", first.parent_path().string());
  }
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

void LogFile::Write(absl::string_view text) {
  if (!written_ && ftruncate(fd_, 0) != 0) return;
  written_ = true;
  while (!text.empty()) {
    const ssize_t n = write(fd_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace ovenbird::cli
