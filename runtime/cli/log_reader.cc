#include "runtime/cli/log_reader.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/context/door.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::cli {
namespace {

namespace fs = std::filesystem;

// Builds of one image at the same time; more are not looked for.
constexpr int kMostFiles = 20;
constexpr size_t kMostBytes = 1 << 20;
constexpr size_t kMostKey = 60;  // bytes of a key in a file's name

// Opens `name` in the open folder `parent`; -1 and errno if that fails. Follows
// no link and waits for no FIFO.
int OpenIn(int parent, const char* name, bool is_folder) {
  return openat(parent, name,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
                    (is_folder ? O_DIRECTORY : 0));
}

absl::Status OpenError(int error, int parent, const std::string& name,
                       const std::string& path) {
  struct stat info;
  if (fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is a symlink, which is not followed"));
  }
  return FileError(error, "read", path);
}

// "logs/app.log" -> "logs/app-2.log".
std::string Numbered(const std::string& path, int number) {
  if (number == 1) return path;
  fs::path other = path;
  other.replace_filename(absl::StrCat(other.stem().string(), "-", number,
                                      other.extension().string()));
  return other.string();
}

}  // namespace

std::string LogPath(absl::string_view key) {
  return absl::StrCat(context::kOwnFolder, "/logs/",
                      kube::NamePart(key, kMostKey), ".log");
}

absl::StatusOr<LogReader> LogReader::Open(const std::string& root,
                                          const std::string& path) {
  fs::path at = root;
  int parent = open(root.empty() ? "." : root.c_str(),
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return FileError(errno, "open", root);
  const fs::path whole = path;
  for (const fs::path& name : whole) {
    at /= name;
    const bool is_last = name == whole.filename();
    const int next = OpenIn(parent, name.c_str(), !is_last);
    const absl::Status status =
        next >= 0 ? absl::OkStatus()
                  : OpenError(errno, parent, name.string(), at.string());
    close(parent);
    if (next < 0) return status;
    parent = next;
  }
  struct stat info;
  if (fstat(parent, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(parent);
    return absl::FailedPreconditionError(
        absl::StrCat("`", at.string(), "` is not a regular file"));
  }
  return LogReader(at.lexically_normal().string(), parent,
                   absl::TimeFromTimespec(info.st_mtim));
}

absl::StatusOr<LogReader> LogReader::OpenLast(
    const std::string& root, absl::string_view key,
    const std::vector<std::string>& keys) {
  const std::string first = LogPath(key);
  std::optional<LogReader> last;
  for (int i = 1; i <= kMostFiles; ++i) {
    const std::string path = Numbered(first, i);
    // Images whose keys make the same name (a/b, a-b) share the first file.
    const bool is_others =
        i > 1 &&
        std::any_of(keys.begin(), keys.end(), [&](const std::string& other) {
          return other != key && LogPath(other) == path;
        });
    if (is_others) continue;
    absl::StatusOr<LogReader> one = Open(root, path);
    if (!one.ok() && (i == 1 || !absl::IsNotFound(one.status()))) {
      return one.status();
    }
    if (!one.ok()) break;
    if (!last || one->modified_ > last->modified_) {
      last.emplace(*std::move(one));
    }
  }
  return *std::move(last);
}

LogReader& LogReader::operator=(LogReader&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  offset_ = other.offset_;
  modified_ = other.modified_;
  return *this;
}

LogReader::~LogReader() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<std::string> LogReader::Read() {
  struct stat info;
  if (fstat(fd_, &info) != 0) return FileError(errno, "read", path_);
  if (info.st_size < offset_) offset_ = 0;
  std::string text(kMostBytes, '\0');
  const ssize_t n = pread(fd_, text.data(), text.size(), offset_);
  if (n < 0) return FileError(errno, "read", path_);
  text.resize(static_cast<size_t>(n));
  offset_ += n;
  return text;
}

bool LogReader::IsWritten() const {
  if (flock(fd_, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK;
  flock(fd_, LOCK_UN);
  return false;
}

}  // namespace ovenbird::cli
