#include "runtime/base/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"

namespace ovenbird {
namespace {

absl::Status CheckKind(int fd, const std::string& path, uint64_t most,
                       size_t& size) {
  struct stat info;
  if (fstat(fd, &info) != 0) return FileError(errno, "read", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read `", path, "`: it is not a regular file"));
  }
  size = static_cast<size_t>(info.st_size);
  if (size <= most) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("cannot read `", path, "`: it has ",
                                            size, " bytes, and the limit is ",
                                            most >> 20, " MiB"));
}

// The file may grow or shrink meanwhile: at most `size` bytes are read.
absl::StatusOr<std::string> ReadSome(int fd, const std::string& path,
                                     size_t size) {
  std::string text(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t n = read(fd, &text[done], size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(errno, "read", path);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  text.resize(done);
  return text;
}

// Without O_NONBLOCK the opening of a FIFO waits for a writer.
int Open(const std::string& path) {
  return open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

}  // namespace

absl::Status CheckRegularFile(const std::string& path, uint64_t most) {
  const int fd = Open(path);
  if (fd < 0) return FileError(errno, "open", path);
  size_t size = 0;
  absl::Status status = CheckKind(fd, path, most, size);
  close(fd);
  return status;
}

absl::StatusOr<std::string> ReadRegularFile(const std::string& path,
                                            uint64_t most) {
  const int fd = Open(path);
  if (fd < 0) return FileError(errno, "open", path);
  size_t size = 0;
  const absl::Status status = CheckKind(fd, path, most, size);
  absl::StatusOr<std::string> text =
      status.ok() ? ReadSome(fd, path, size) : status;
  close(fd);
  return text;
}

}  // namespace ovenbird
