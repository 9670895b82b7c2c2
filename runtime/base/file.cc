#include "runtime/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace ovenbird {
namespace {

absl::Status ReadAll(int fd, const std::string& path, std::string& text) {
  struct stat info;
  const bool sized = fstat(fd, &info) == 0 && info.st_size > 0;
  // One byte more, so that the end is seen without another turn.
  size_t room = sized ? static_cast<size_t>(info.st_size) + 1 : 4096;
  for (size_t size = 0;; room = text.size()) {
    text.resize(size + room);
    const ssize_t n = read(fd, &text[size], room);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(errno, "read", path);
    size += static_cast<size_t>(n);
    if (n == 0 || (sized && static_cast<size_t>(n) < room)) {
      text.resize(size);
      return absl::OkStatus();
    }
  }
}

absl::Status WriteAll(int fd, const std::string& path,
                      absl::string_view content) {
  while (!content.empty()) {
    const ssize_t n = write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(errno, "write", path);
    content.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FileError(int error_number, absl::string_view what,
                       absl::string_view path) {
  return absl::Status(
      absl::ErrnoToStatusCode(error_number),
      absl::StrCat("cannot ", what, " `", path, "`: ", strerror(error_number)));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileError(errno, "open", path);
  std::string text;
  absl::Status status = ReadAll(fd, path, text);
  close(fd);
  if (!status.ok()) return status;
  return text;
}

absl::Status WriteFile(const std::string& path, absl::string_view content) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  const int fd = mkostemp(&temporary[0], O_CLOEXEC);
  if (fd < 0) return FileError(errno, "create", path);
  fchmod(fd, 0644);
  absl::Status status = WriteAll(fd, path, content);
  if (close(fd) != 0 && status.ok()) status = FileError(errno, "write", path);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = FileError(errno, "replace", path);
  }
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

}  // namespace ovenbird
