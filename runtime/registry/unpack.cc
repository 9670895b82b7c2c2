#include "runtime/registry/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/root_folder.h"

namespace ovenbird::registry {
namespace {

constexpr size_t kBlock = 1 << 16;
constexpr absl::string_view kWhiteout = ".wh.";
constexpr absl::string_view kOpaque = ".wh..wh..opq";

// What libarchive's callbacks need.
struct Reader {
  const ByteSource& source;
  std::vector<char> buffer = std::vector<char>(kBlock);
  absl::Status failed;
};

la_ssize_t ReadBlock(archive* handle, void* data, const void** buffer) {
  Reader& reader = *static_cast<Reader*>(data);
  *buffer = reader.buffer.data();
  absl::StatusOr<size_t> size =
      reader.source(reader.buffer.data(), reader.buffer.size());
  if (size.ok()) return static_cast<la_ssize_t>(*size);
  reader.failed = size.status();
  archive_set_error(handle, EIO, "the source failed");
  return ARCHIVE_FATAL;
}

struct ArchiveDeleter {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

// A path of the archive, taken apart: "./a//b/" is {"a", "b"}.
struct MemberPath {
  std::string parent;
  std::string name;  // empty: the root itself
};

absl::StatusOr<MemberPath> ParsePath(absl::string_view path) {
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      return absl::InvalidArgumentError(absl::StrCat(
          "the archive holds `", path, "`, which leads out of it"));
    }
    parts.push_back(part);
  }
  if (parts.empty()) return MemberPath();
  const std::string name(parts.back());
  parts.pop_back();
  return MemberPath{absl::StrJoin(parts, "/"), name};
}

class Unpacker {
 public:
  Unpacker(RootFolder root, const UnpackOptions& options, archive* handle)
      : root_(std::move(root)), options_(options), archive_(handle) {}

  absl::Status Member(archive_entry* entry) {
    const char* raw = archive_entry_pathname(entry);
    if (raw == nullptr) {
      return absl::InvalidArgumentError("the archive holds a broken name");
    }
    path_ = raw;
    entry_ = entry;
    ASSIGN_OR_RETURN(MemberPath path, ParsePath(path_));
    if (path.name.empty()) return absl::OkStatus();  // The root stays as it is.
    ASSIGN_OR_RETURN(parent_, root_.Folder(path.parent));
    name_ = path.name;
    if (options_.layer && absl::StartsWith(name_, kWhiteout)) {
      return Whiteout();
    }
    return Make();
  }

  // Times of folders: what was put into them has changed them.
  absl::Status Finish() {
    for (const auto& [path, time] : folder_times_) {
      ASSIGN_OR_RETURN(MemberPath parts, ParsePath(path));
      // A later member may have deleted or replaced it.
      const std::optional<int> parent = root_.ExistingFolder(parts.parent);
      struct stat info;
      if (!parent ||
          fstatat(*parent, parts.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) !=
              0 ||
          !S_ISDIR(info.st_mode)) {
        continue;
      }
      utimensat(*parent, parts.name.c_str(), time.data(), AT_SYMLINK_NOFOLLOW);
    }
    return absl::OkStatus();
  }

 private:
  using Times = std::array<timespec, 2>;

  absl::Status Error(absl::string_view what) const {
    return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", path_));
  }

  absl::Status Whiteout() {
    if (name_ == kOpaque) {
      // Of the folder's own layer nothing has come before it: OCI wants the
      // opaque mark first.
      const int folder = dup(parent_);
      absl::Status status = RemoveContent(folder, ".");
      close(folder);
      root_.Forget();
      return status;
    }
    const std::string deleted = name_.substr(kWhiteout.size());
    // "." is the folder itself and ".." the folder above it, which may be
    // outside of the root.
    if (deleted.empty() || deleted == "." || deleted == "..") {
      return absl::InvalidArgumentError(absl::StrCat(
          "the archive holds `", path_, "`, a whiteout that names no file"));
    }
    absl::Status status = RemoveAll(parent_, deleted);
    root_.Forget();
    return status;
  }

  absl::Status Make() {
    if (const char* target = archive_entry_hardlink(entry_)) {
      return Hardlink(target);
    }
    switch (archive_entry_filetype(entry_)) {
      case AE_IFDIR:
        return Directory();
      case AE_IFLNK:
        return Symlink();
      case AE_IFREG:
        return File();
      default:
        return Special();
    }
  }

  absl::Status Clear() {
    struct stat info;
    if (fstatat(parent_, name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return absl::OkStatus();
    }
    // The folder that is kept open may be what goes.
    if (!S_ISREG(info.st_mode)) replaced_ = true;
    return RemoveAll(parent_, name_);
  }

  absl::Status Directory() {
    struct stat info;
    const bool there =
        fstatat(parent_, name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(info.st_mode);
    if (!there) {
      RETURN_IF_ERROR(Clear());
      if (mkdirat(parent_, name_.c_str(), 0700) != 0) {
        return Error("cannot create folder");
      }
    }
    RETURN_IF_ERROR(Owner());
    if (fchmodat(parent_, name_.c_str(), Mode(), 0) != 0) {
      return Error("cannot set the mode of");
    }
    const int fd = openat(parent_, name_.c_str(),
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
      SetAttributes(fd);
      close(fd);
    }
    folder_times_.emplace_back(path_, TimesOf());
    return Replaced();
  }

  absl::Status File() {
    RETURN_IF_ERROR(Clear());
    const int fd =
        openat(parent_, name_.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return Error("cannot make");
    absl::Status status = Fill(fd);
    if (status.ok()) status = Seal(fd);
    close(fd);
    RETURN_IF_ERROR(status);
    return Replaced();
  }

  absl::Status Fill(int fd) {
    const void* data = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    int code;
    while ((code = archive_read_data_block(archive_, &data, &size, &offset)) ==
           ARCHIVE_OK) {
      const char* bytes = static_cast<const char*>(data);
      while (size > 0) {
        const ssize_t written = pwrite(fd, bytes, size, offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Error("cannot write");
        bytes += written;
        offset += written;
        size -= static_cast<size_t>(written);
      }
    }
    if (code != ARCHIVE_EOF) return ReadError();
    // A hole at the end.
    if (ftruncate(fd, archive_entry_size(entry_)) != 0) {
      return Error("cannot write");
    }
    return absl::OkStatus();
  }

  // Owner, mode, attributes and times, in the order in which one does not undo
  // another.
  absl::Status Seal(int fd) {
    if (options_.owners &&
        fchown(fd, static_cast<uid_t>(archive_entry_uid(entry_)),
               static_cast<gid_t>(archive_entry_gid(entry_))) != 0) {
      return Error("cannot set the owner of");
    }
    if (fchmod(fd, Mode()) != 0) return Error("cannot set the mode of");
    SetAttributes(fd);
    futimens(fd, TimesOf().data());
    return absl::OkStatus();
  }

  absl::Status Symlink() {
    RETURN_IF_ERROR(Clear());
    const char* target = archive_entry_symlink(entry_);
    if (target == nullptr || symlinkat(target, parent_, name_.c_str()) != 0) {
      return Error("cannot create symbolic link");
    }
    RETURN_IF_ERROR(Owner());
    utimensat(parent_, name_.c_str(), TimesOf().data(), AT_SYMLINK_NOFOLLOW);
    replaced_ = true;
    return Replaced();
  }

  absl::Status Hardlink(const char* target) {
    ASSIGN_OR_RETURN(MemberPath to, ParsePath(target));
    if (path_ == target) return absl::OkStatus();
    RETURN_IF_ERROR(Clear());
    const int parent = dup(parent_);  // `Folder` closes the other one.
    absl::StatusOr<int> from = root_.Folder(to.parent);
    const bool made = from.ok() && linkat(*from, to.name.c_str(), parent,
                                          name_.c_str(), 0) == 0;
    const int error = errno;
    close(parent);
    errno = error;
    RETURN_IF_ERROR(from.status());
    if (!made) {
      return Error(
          absl::StrCat("cannot create a hard link to ", target, " at"));
    }
    return Replaced();
  }

  // A layer's FIFOs are made. Devices are left out: a node in an unpacked image
  // would open this machine's hardware to users who can reach it, and a
  // container has devices of its own.
  absl::Status Special() {
    if (!options_.layer) return absl::OkStatus();
    RETURN_IF_ERROR(Clear());
    if (archive_entry_filetype(entry_) != AE_IFIFO) return Replaced();
    if (mkfifoat(parent_, name_.c_str(), 0600) != 0) {
      return Error("cannot create FIFO");
    }
    RETURN_IF_ERROR(Owner());
    if (fchmodat(parent_, name_.c_str(), Mode(), 0) != 0) {
      return Error("cannot set the mode of");
    }
    return Replaced();
  }

  absl::Status Replaced() {
    if (std::exchange(replaced_, false)) root_.Forget();
    return absl::OkStatus();
  }

  absl::Status Owner() {
    if (options_.owners &&
        fchownat(parent_, name_.c_str(),
                 static_cast<uid_t>(archive_entry_uid(entry_)),
                 static_cast<gid_t>(archive_entry_gid(entry_)),
                 AT_SYMLINK_NOFOLLOW) != 0) {
      return Error("cannot set the owner of");
    }
    return absl::OkStatus();
  }

  // File capabilities mostly. A file system without them is no reason to fail.
  void SetAttributes(int fd) {
    if (!options_.owners) return;
    archive_entry_xattr_reset(entry_);
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    while (archive_entry_xattr_next(entry_, &name, &value, &size) ==
           ARCHIVE_OK) {
      fsetxattr(fd, name, value, size, 0);
    }
  }

  mode_t Mode() const {
    return static_cast<mode_t>(archive_entry_perm(entry_));
  }

  Times TimesOf() const {
    const timespec time = {archive_entry_mtime(entry_),
                           archive_entry_mtime_nsec(entry_)};
    return {time, time};
  }

  absl::Status ReadError() const {
    return absl::DataLossError(absl::StrCat(
        "the archive is damaged at ", path_, ": ",
        archive_error_string(archive_) ? archive_error_string(archive_) : ""));
  }

  RootFolder root_;
  const UnpackOptions options_;
  archive* const archive_;
  // Of the member that is at work.
  archive_entry* entry_ = nullptr;
  std::string path_;
  int parent_ = -1;
  std::string name_;
  bool replaced_ = false;
  std::vector<std::pair<std::string, Times>> folder_times_;
};

}  // namespace

absl::Status Unpack(const ByteSource& source, const std::string& root,
                    const UnpackOptions& options) {
  ASSIGN_OR_RETURN(RootFolder folder, RootFolder::Open(root));
  std::unique_ptr<archive, ArchiveDeleter> handle(archive_read_new());
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_empty(handle.get());
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_zstd(handle.get());
  Reader reader{source};
  const auto failed = [&](absl::string_view what) {
    if (!reader.failed.ok()) return reader.failed;
    const char* why = archive_error_string(handle.get());
    return absl::DataLossError(
        absl::StrCat(what, why != nullptr ? why : "no reason given"));
  };
  if (archive_read_open(handle.get(), &reader, nullptr, ReadBlock, nullptr) !=
      ARCHIVE_OK) {
    return failed("this is not a tar archive: ");
  }
  Unpacker unpacker(std::move(folder), options, handle.get());
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle.get(), &entry);
    if (code == ARCHIVE_EOF) break;
    // ARCHIVE_WARN: a name is not in the locale's encoding; its bytes are
    // right.
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
      return failed("the archive is damaged: ");
    }
    absl::Status status = unpacker.Member(entry);
    if (!reader.failed.ok()) return reader.failed;
    RETURN_IF_ERROR(status);
  }
  return unpacker.Finish();
}

}  // namespace ovenbird::registry
