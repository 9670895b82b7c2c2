#include "runtime/context/entry_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::context {

EntryReader::~EntryReader() {
  if (file_ >= 0) close(file_);
  CloseFoldersFrom(0);
}

std::string EntryReader::Shown(uint32_t index) const {
  return absl::StrCat(listing_.root(), "/", listing_.Path(index));
}

absl::Status EntryReader::Changed(absl::string_view how) const {
  return absl::AbortedError(
      absl::StrCat("`", Shown(index_), "` changed while it was read: ", how));
}

void EntryReader::CloseFoldersFrom(size_t level) {
  while (folders_.size() > level) {
    close(folders_.back().fd);
    folders_.pop_back();
  }
}

int EntryReader::Descend(uint32_t folder) {
  for (size_t level = folders_.size(); level-- > 0;) {
    if (folders_[level].index != folder) continue;
    CloseFoldersFrom(level + 1);
    return folders_.back().fd;
  }
  int fd = -1;
  if (folder == Entry::kTop) {
    fd = open(listing_.root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } else {
    const int parent = Descend(listing_[folder].parent);
    if (parent < 0) return -1;
    const std::string name(listing_.Name(folder));
    fd = openat(parent, name.c_str(),
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  }
  if (fd >= 0) folders_.push_back({folder, fd});
  return fd;
}

absl::Status EntryReader::Open(uint32_t index) {
  if (file_ >= 0) close(file_);
  file_ = -1;
  index_ = index;
  const int folder = Descend(listing_[index].parent);
  if (folder < 0) return FileError(errno, "open the folder of", Shown(index));
  const std::string name(listing_.Name(index));
  // Not blocking: it may be a named pipe by now.
  file_ = openat(folder, name.c_str(),
                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file_ < 0 && errno == ELOOP) return Changed("it is a symlink now");
  if (file_ < 0) return FileError(errno, "open", Shown(index));
  left_ = listing_[index].size;
  return absl::OkStatus();
}

absl::StatusOr<size_t> EntryReader::Read(char* buffer, size_t size) {
  while (left_ > 0) {
    const ssize_t n = read(file_, buffer, std::min<uint64_t>(size, left_));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(errno, "read", Shown(index_));
    if (n == 0) return Changed("it became shorter");
    left_ -= static_cast<uint64_t>(n);
    return static_cast<size_t>(n);
  }
  RETURN_IF_ERROR(CheckUnchanged());
  close(file_);
  file_ = -1;
  return 0;
}

absl::Status EntryReader::CheckUnchanged() const {
  const Entry& entry = listing_[index_];
  struct stat info;
  if (fstat(file_, &info) != 0) {
    return FileError(errno, "inspect", Shown(index_));
  }
  const auto size = static_cast<uint64_t>(info.st_size);
  if (size != entry.size) {
    return Changed(
        absl::StrCat("it had ", entry.size, " bytes and has ", size));
  }
  if (info.st_mtim.tv_sec != entry.mtime_s ||
      info.st_mtim.tv_nsec != static_cast<int64_t>(entry.mtime_ns)) {
    return Changed("it was written to");
  }
  return absl::OkStatus();
}

absl::Status CheckReadable(const Listing& listing) {
  EntryReader reader(&listing);
  for (uint32_t i = 0; i < listing.size(); ++i) {
    if (listing[i].type != EntryType::kFile) continue;
    RETURN_IF_ERROR(reader.Open(i));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::context
