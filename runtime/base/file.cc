#include "runtime/base/file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace ovenbird {
namespace {

absl::Status ReadAll(int fd, const std::string& path, size_t most,
                     std::string& text) {
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
    if (size > most) {
      return absl::OutOfRangeError(absl::StrCat(
          "cannot read `", path, "`: it has more than ", most, " bytes"));
    }
    if (n == 0 || (sized && static_cast<size_t>(n) < room)) {
      text.resize(size);
      return absl::OkStatus();
    }
  }
}

constexpr int kMostAttempts = 100;
constexpr int kMostLinks = 40;  // as the kernel

// A copy of the standard stream that is the file `info`, else -1. Opened by
// name it would have an offset of its own, and a socket cannot be opened at
// all.
int StreamThatIs(const struct stat& info) {
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat own;
    if (fstat(stream, &own) == 0 && own.st_dev == info.st_dev &&
        own.st_ino == info.st_ino) {
      return fcntl(stream, F_DUPFD_CLOEXEC, 0);
    }
  }
  return -1;
}

bool IsInProc(const std::filesystem::path& folder) {
  struct statfs info;
  return statfs(folder.c_str(), &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

// The path behind all symbolic links, whether a file exists there or not. None
// for a link of /proc (/dev/fd/5): it is an open file, whatever name it shows.
std::optional<std::string> BehindLinks(const std::string& path) {
  std::filesystem::path at = path;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code error;
    const std::filesystem::path next = std::filesystem::read_symlink(at, error);
    if (error) return at.string();
    if (IsInProc(at.parent_path())) return std::nullopt;
    at = at.parent_path() / next;
  }
  return std::nullopt;
}

}  // namespace

absl::Status FileError(int error_number, absl::string_view what,
                       absl::string_view path) {
  return absl::Status(
      absl::ErrnoToStatusCode(error_number),
      absl::StrCat("cannot ", what, " `", path, "`: ", strerror(error_number)));
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t most) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileError(errno, "open", path);
  std::string text;
  absl::Status status = ReadAll(fd, path, most, text);
  close(fd);
  if (!status.ok()) return status;
  return text;
}

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      temporary_(std::exchange(other.temporary_, "")) {}

FileWriter::~FileWriter() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::StatusOr<FileWriter> FileWriter::Open(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return FileError(errno, "write", path);
    return OpenBeside(BehindLinks(path).value_or(path), nullptr, std::nullopt);
  }
  const int stream = StreamThatIs(info);
  if (stream >= 0) return FileWriter(path, stream);
  const std::optional<std::string> target = BehindLinks(path);
  if (!S_ISREG(info.st_mode) || !target.has_value()) return OpenInPlace(path);
  return OpenBeside(*target, &info, std::nullopt);
}

absl::StatusOr<FileWriter> FileWriter::OpenInPlace(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return FileError(errno, "write", path);
  return FileWriter(path, fd);
}

absl::StatusOr<FileWriter> FileWriter::OpenBeside(const std::string& path,
                                                  const struct stat* old,
                                                  std::optional<mode_t> mode) {
  if (old != nullptr && !mode.has_value()) mode = old->st_mode & 0777;
  FileWriter writer(path, -1);
  for (int attempt = 1;; ++attempt) {
    const std::string name = absl::StrCat(
        path, ".", absl::Hex(std::random_device()(), absl::kZeroPad8));
    writer.fd_ = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                      mode.value_or(0666));
    if (writer.fd_ >= 0) {
      writer.temporary_ = name;
      break;
    }
    if (errno != EEXIST || attempt == kMostAttempts) {
      return FileError(errno, "create", path);
    }
  }
  if (old != nullptr) {
    // Only root can give files away; other users own what they write.
    [[maybe_unused]] const int ignored =
        fchown(writer.fd_, old->st_uid, old->st_gid);
  }
  if (mode.has_value()) fchmod(writer.fd_, *mode);
  return writer;
}

absl::Status FileWriter::Write(absl::string_view piece) {
  while (!piece.empty()) {
    const ssize_t n = write(fd_, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(errno, "write", path_);
    piece.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status FileWriter::Commit() {
  if (close(std::exchange(fd_, -1)) != 0) {
    return FileError(errno, "write", path_);
  }
  if (temporary_.empty()) return absl::OkStatus();
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    return FileError(errno, "replace", path_);
  }
  temporary_.clear();
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, absl::string_view content) {
  absl::StatusOr<FileWriter> file = FileWriter::Open(path);
  if (!file.ok()) return file.status();
  absl::Status status = file->Write(content);
  return status.ok() ? file->Commit() : status;
}

absl::Status ReplaceFile(const std::string& path, absl::string_view content,
                         std::optional<mode_t> mode) {
  struct stat info;
  const bool keeps = lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
  absl::StatusOr<FileWriter> file =
      FileWriter::OpenBeside(path, keeps ? &info : nullptr, mode);
  if (!file.ok()) return file.status();
  absl::Status status = file->Write(content);
  return status.ok() ? file->Commit() : status;
}

}  // namespace ovenbird
