#include "runtime/context/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <deque>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::context {
namespace {

// Each level holds a file descriptor, of which 1,024 are usual.
constexpr int kMaxDepth = 512;
// Logs and caches, ours and DevSpace's: they change with every run.
constexpr absl::string_view kOwnFolder = ".ovenbird";
constexpr absl::string_view kDevSpaceFolder = ".devspace";

// What one folder holds. Kept for each depth, so that its memory is used again.
struct FolderContent {
  struct Found {
    absl::string_view name;  // in `names`, with a NUL behind it
    unsigned char type;      // DT_...; DT_UNKNOWN on some file systems
  };
  std::vector<Found> found;  // sorted by name
  std::vector<char> names;
};
using Found = FolderContent::Found;

SpecialFile ToSpecialFile(mode_t mode) {
  const SpecialFile::Type type = S_ISFIFO(mode)   ? SpecialFile::kPipe
                                 : S_ISSOCK(mode) ? SpecialFile::kSocket
                                                  : SpecialFile::kDevice;
  return {type, static_cast<uint16_t>(mode & 07777)};
}

class Walker {
 public:
  Walker(const WalkOptions& options, WalkResult& result)
      : options_(options), result_(result) {}

  // Lists the folder open at `fd`, whose path is in path_ (with a slash).
  absl::Status List(int fd, uint32_t self, const Ignore::Folder& rules,
                    int depth);

 private:
  // `fd` is the folder's. Names are followed by a NUL.
  absl::Status Visit(int fd, const Found& found, uint32_t parent,
                     const Ignore::Folder& rules, int depth);
  absl::Status VisitFolder(int fd, absl::string_view name, uint32_t parent,
                           const Ignore::Folder& rules, int depth);
  absl::Status AddLink(int fd, absl::string_view name, Entry entry);
  absl::Status Read(int fd, FolderContent& content);

  std::string Shown() const {
    return absl::StrCat(result_.listing.root(), "/", path_);
  }
  Ignore::Verdict Match(const Ignore::Folder& rules, EntryType type,
                        Ignore::Folder* inside = nullptr) const;

  const WalkOptions& options_;
  WalkResult& result_;
  std::string path_;
  std::deque<FolderContent> contents_;  // by depth; a deque never moves them
  std::vector<char> buffer_ = std::vector<char>(64 << 10);
};

Entry ToEntry(const struct stat& info, EntryType type, uint32_t parent) {
  Entry entry;
  entry.parent = parent;
  entry.type = type;
  entry.size =
      type == EntryType::kFile ? static_cast<uint64_t>(info.st_size) : 0;
  entry.mode = static_cast<uint16_t>(info.st_mode & 07777);
  entry.mtime_s = info.st_mtim.tv_sec;
  entry.mtime_ns = static_cast<uint32_t>(info.st_mtim.tv_nsec);
  entry.ctime_s = info.st_ctim.tv_sec;
  entry.ctime_ns = static_cast<uint32_t>(info.st_ctim.tv_nsec);
  entry.inode = info.st_ino;
  entry.device = info.st_dev;
  entry.many_links = type == EntryType::kFile && info.st_nlink > 1;
  return entry;
}

absl::Status Walker::Read(int fd, FolderContent& content) {
  content.found.clear();
  content.names.clear();
  // getdents64 instead of readdir: no allocation and no further call for each
  // of the many small folders.
  for (;;) {
    const ssize_t size = getdents64(fd, buffer_.data(), buffer_.size());
    if (size < 0) return FileError(errno, "read folder", Shown());
    if (size == 0) break;
    for (ssize_t at = 0; at < size;) {
      dirent64 head;  // Its name is longer than what is copied here.
      memcpy(&head, buffer_.data() + at, offsetof(dirent64, d_name));
      const char* name = buffer_.data() + at + offsetof(dirent64, d_name);
      at += head.d_reclen;
      const size_t length = strlen(name);
      if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'))) {
        continue;
      }
      content.found.push_back(
          {absl::string_view(nullptr, length), head.d_type});
      content.names.insert(content.names.end(), name, name + length + 1);
    }
  }
  const char* name = content.names.data();
  for (Found& found : content.found) {
    found.name = absl::string_view(name, found.name.size());
    name += found.name.size() + 1;
  }
  std::sort(content.found.begin(), content.found.end(),
            [](const Found& a, const Found& b) { return a.name < b.name; });
  return absl::OkStatus();
}

Ignore::Verdict Walker::Match(const Ignore::Folder& rules, EntryType type,
                              Ignore::Folder* inside) const {
  if (options_.ignore == nullptr) return {};
  const Ignore::Verdict verdict = options_.ignore->Match(rules, path_, inside);
  if (verdict.ignored && options_.on_ignored) {
    options_.on_ignored(path_, type, verdict.rule);
  }
  return verdict;
}

absl::Status Walker::List(int fd, uint32_t self, const Ignore::Folder& rules,
                          int depth) {
  const auto level = static_cast<size_t>(depth);
  if (level == contents_.size()) contents_.emplace_back();
  FolderContent& content = contents_[level];
  RETURN_IF_ERROR(Read(fd, content));
  const size_t size = path_.size();
  for (const Found& found : content.found) {
    path_.append(found.name.data(), found.name.size());
    RETURN_IF_ERROR(Visit(fd, found, self, rules, depth));
    path_.resize(size);
  }
  return absl::OkStatus();
}

absl::Status Walker::Visit(int fd, const Found& found, uint32_t parent,
                           const Ignore::Folder& rules, int depth) {
  if (found.type == DT_DIR) {
    return VisitFolder(fd, found.name, parent, rules, depth);
  }
  // Asked before the file system is: most contexts ignore much.
  const bool known = found.type != DT_UNKNOWN;
  const EntryType guess =
      found.type == DT_LNK ? EntryType::kSymlink : EntryType::kFile;
  if (known && Match(rules, guess).ignored) return absl::OkStatus();
  struct stat info;
  if (fstatat(fd, found.name.data(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return FileError(errno, "inspect", Shown());
  }
  if (S_ISDIR(info.st_mode)) {
    return VisitFolder(fd, found.name, parent, rules, depth);
  }
  if (!known && Match(rules, guess).ignored) return absl::OkStatus();
  if (S_ISLNK(info.st_mode)) {
    return AddLink(fd, found.name, ToEntry(info, EntryType::kSymlink, parent));
  }
  if (!S_ISREG(info.st_mode)) {
    const SpecialFile special = ToSpecialFile(info.st_mode);
    result_.skipped.push_back(absl::StrCat(special.Shown(), " `", path_, "`"));
    result_.listing.AddSpecialFile(path_, special);
    return absl::OkStatus();
  }
  if ((info.st_mode & 0444) != 0444 &&
      faccessat(fd, found.name.data(), R_OK, AT_EACCESS) != 0) {
    return FileError(errno, "read", Shown());
  }
  result_.listing.Add(ToEntry(info, EntryType::kFile, parent), found.name);
  return absl::OkStatus();
}

absl::Status Walker::AddLink(int fd, absl::string_view name, Entry entry) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(fd, name.data(), target, sizeof target);
  if (size < 0) return FileError(errno, "read the symlink", Shown());
  result_.listing.Add(entry, name,
                      absl::string_view(target, static_cast<size_t>(size)));
  return absl::OkStatus();
}

absl::Status Walker::VisitFolder(int fd, absl::string_view name,
                                 uint32_t parent, const Ignore::Folder& rules,
                                 int depth) {
  if (name == kOwnFolder) return absl::OkStatus();
  // As DevSpace does, which keeps its state there.
  if (name == kDevSpaceFolder && parent == Entry::kTop) return absl::OkStatus();
  Ignore::Folder inside;
  const bool ignored = Match(rules, EntryType::kFolder, &inside).ignored;
  if (ignored && !options_.ignore->MayTakeIn(inside)) return absl::OkStatus();
  if (depth >= kMaxDepth) {
    return absl::FailedPreconditionError(absl::StrCat(
        "`", Shown(), "` is nested deeper than ", kMaxDepth, " folders"));
  }
  const int folder =
      openat(fd, name.data(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return FileError(errno, "open folder", Shown());
  auto close_folder = absl::MakeCleanup([folder] { close(folder); });
  struct stat info;
  if (fstat(folder, &info) != 0) return FileError(errno, "inspect", Shown());
  const uint32_t self =
      result_.listing.Add(ToEntry(info, EntryType::kFolder, parent), name);
  path_ += '/';
  RETURN_IF_ERROR(List(folder, self, inside, depth + 1));
  // An ignored folder is there only for what is taken in below it.
  if (ignored && result_.listing.size() == self + 1) {
    result_.listing.Truncate(self);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WalkResult> Walk(const std::string& root,
                                const WalkOptions& options) {
  const int fd = open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FileError(errno, "open the build context", root);
  auto close_root = absl::MakeCleanup([fd] { close(fd); });
  WalkResult result{Listing(root)};
  const Ignore::Folder top =
      options.ignore == nullptr ? Ignore::Folder() : options.ignore->Top();
  RETURN_IF_ERROR(Walker(options, result).List(fd, Entry::kTop, top, 0));
  return result;
}

}  // namespace ovenbird::context
