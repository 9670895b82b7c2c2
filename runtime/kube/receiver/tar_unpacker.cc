#include "runtime/kube/receiver/tar_unpacker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ovenbird::kube::receiver {
namespace {

// Reads an octal number, which a space or a NUL ends. Returns false if it is
// not a number.
bool ReadOctal(const char* field, size_t size, uint64_t& value) {
  value = 0;
  size_t i = 0;
  while (i < size && field[i] == ' ') ++i;
  for (; i < size && field[i] != '\0' && field[i] != ' '; ++i) {
    if (field[i] < '0' || field[i] > '7') return false;
    value = value << 3 | static_cast<uint64_t>(field[i] - '0');
  }
  return true;
}

// As ReadOctal, or with the first bit set a number of base 256.
bool ReadSize(const char* field, size_t size, uint64_t& value) {
  const auto byte = [&](size_t i) {
    return static_cast<unsigned char>(field[i]);
  };
  if (byte(0) < 0x80) return ReadOctal(field, size, value);
  if (byte(0) != 0x80) return false;
  value = 0;
  for (size_t i = 1; i < size; ++i) {
    if (value >> 54 != 0) return false;
    value = value << 8 | byte(i);
  }
  return true;
}

size_t LengthOf(const char* field, size_t size) { return strnlen(field, size); }

bool IsZero(const char* data, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (data[i] != '\0') return false;
  }
  return true;
}

}  // namespace

struct TarUnpacker::Header {
  char name[100];
  char mode[8];
  char user[8];
  char group[8];
  char size[12];
  char time[12];
  char checksum[8];
  char type;
  char target[100];
  char magic[8];
  char names[64];
  char device[16];
  char prefix[155];
  char unused[12];

  bool IsRight() const {
    uint64_t sum = 0;
    if (!ReadOctal(checksum, sizeof checksum, sum)) return false;
    unsigned char bytes[kBlock];
    memcpy(bytes, this, kBlock);
    uint64_t found = 8 * ' ';
    for (size_t i = 0; i < kBlock; ++i) {
      if (i < 148 || i >= 156) found += bytes[i];
    }
    return found == sum && memcmp(magic, "ustar", 5) == 0;
  }
};

TarUnpacker::TarUnpacker(int root, bool owners)
    : owners_(owners), cursor_(root) {
  static_assert(sizeof(Header) == kBlock);
  path_[0] = '\0';
}

TarUnpacker::~TarUnpacker() {
  if (file_ >= 0) close(file_);
  for (size_t i = 0; i < folder_count_; ++i) free(folders_[i].path);
  free(folders_);
}

bool TarUnpacker::Fail(const char* what, bool with_errno) {
  snprintf(error_, sizeof error_, "%s%s%s%s%s", what,
           path_size_ == 0 ? "" : " ", path_, with_errno ? ": " : "",
           with_errno ? strerror(errno) : "");
  return false;
}

bool TarUnpacker::Add(const char* data, size_t size) {
  while (size > 0) {
    size_t used = 0;
    switch (state_) {
      case State::kHeader:
        if (!AddHeader(data, size, used)) return false;
        break;
      case State::kContent:
        if (!AddContent(data, size, used)) return false;
        break;
      case State::kPadding:
        used = size < padding_ ? size : padding_;
        padding_ -= used;
        if (padding_ == 0) state_ = State::kHeader;
        break;
      case State::kEnd:
        if (!IsZero(data, size)) {
          return Fail("the archive has bytes after its end", false);
        }
        return true;
    }
    data += used;
    size -= used;
  }
  return true;
}

bool TarUnpacker::AddHeader(const char* data, size_t size, size_t& used) {
  const size_t missing = kBlock - block_size_;
  used = size < missing ? size : missing;
  memcpy(block_ + block_size_, data, used);
  block_size_ += used;
  if (block_size_ < kBlock) return true;
  block_size_ = 0;
  if (IsZero(block_, kBlock)) {
    if (zero_block_) state_ = State::kEnd;
    zero_block_ = true;
    return true;
  }
  Header header;
  memcpy(&header, block_, kBlock);
  if (zero_block_ || !header.IsRight()) {
    return Fail("the archive is damaged after", false);
  }
  return TakeHeader(header);
}

bool TarUnpacker::TakeHeader(const Header& header) {
  if (!TakeNumbers(header)) {
    return Fail("the archive is damaged after", false);
  }
  padding_ = (kBlock - left_ % kBlock) % kBlock;
  if (header.type == 'L') return StartLongText(long_path_);
  if (header.type == 'K') return StartLongText(long_target_);
  if (!TakeNames(header)) return false;
  if (header.type != '0' && left_ > 0) {
    return Fail("the archive has content for", false);
  }
  return path_size_ == 0 || StartMember(header.type);
}

bool TarUnpacker::TakeNumbers(const Header& header) {
  uint64_t mode = 0;
  uint64_t user = 0;
  uint64_t group = 0;
  uint64_t time = 0;
  if (!ReadOctal(header.mode, sizeof header.mode, mode) ||
      !ReadOctal(header.user, sizeof header.user, user) ||
      !ReadOctal(header.group, sizeof header.group, group) ||
      !ReadOctal(header.time, sizeof header.time, time) ||
      !ReadSize(header.size, sizeof header.size, left_)) {
    return false;
  }
  mode_ = static_cast<mode_t>(mode & 07777);
  user_ = static_cast<uid_t>(user);
  group_ = static_cast<gid_t>(group);
  time_ = static_cast<int64_t>(time);
  return true;
}

bool TarUnpacker::TakeNames(const Header& header) {
  if (long_target_.given) {
    memcpy(target_, long_target_.text, sizeof target_);
    target_size_ = long_target_.size;
  } else {
    target_size_ = LengthOf(header.target, sizeof header.target);
    memcpy(target_, header.target, target_size_);
    target_[target_size_] = '\0';
  }
  char raw[sizeof header.prefix + 1 + sizeof header.name];
  const char* path = raw;
  size_t size = 0;
  if (long_path_.given) {
    path = long_path_.text;
    size = long_path_.size;
  } else {
    size = LengthOf(header.prefix, sizeof header.prefix);
    memcpy(raw, header.prefix, size);
    if (size > 0) raw[size++] = '/';
    const size_t name = LengthOf(header.name, sizeof header.name);
    memcpy(raw + size, header.name, name);
    size += name;
  }
  long_path_.given = false;
  long_target_.given = false;
  if (!CleanPath(path, size, path_, path_size_)) {
    return Fail("a path leads out of the archive, or is too long, below",
                false);
  }
  return true;
}

bool TarUnpacker::StartMember(char type) {
  if (!GoToParent(true)) return Fail("cannot open the folder of");
  switch (type) {
    case '0':
      return StartFile();
    case '1':
      return MakeHardLink();
    case '2':
      return MakeSymlink();
    case '5':
      return MakeFolder();
    default:
      return Fail("the archive has a member of an unknown type:", false);
  }
}

bool TarUnpacker::GoToParent(bool make) {
  const void* slash = memrchr(path_, '/', path_size_);
  const size_t parent =
      slash == nullptr
          ? 0
          : static_cast<size_t>(static_cast<const char*>(slash) - path_);
  name_ = slash == nullptr ? path_ : path_ + parent + 1;
  parent_ = cursor_.Go(path_, parent, make);
  return parent_ >= 0;
}

bool TarUnpacker::StartLongText(LongText& text) {
  // With the NUL.
  if (left_ == 0 || left_ > sizeof text.text) {
    return Fail("a name is too long, after", false);
  }
  text.size = 0;
  text.given = true;
  text_ = &text;
  state_ = State::kContent;
  return true;
}

bool TarUnpacker::AddContent(const char* data, size_t size, size_t& used) {
  used = size < left_ ? size : static_cast<size_t>(left_);
  if (text_ != nullptr) {
    memcpy(text_->text + text_->size, data, used);
    text_->size += used;
  } else if (!Write(data, used)) {
    return Fail("cannot write");
  }
  left_ -= used;
  if (left_ > 0) return true;
  state_ = padding_ > 0 ? State::kPadding : State::kHeader;
  if (text_ == nullptr) return SealFile();
  if (text_->text[text_->size - 1] != '\0') {
    return Fail("the archive is damaged after", false);
  }
  text_->size = strlen(text_->text);
  text_ = nullptr;
  return true;
}

bool TarUnpacker::Write(const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = write(file_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

void TarUnpacker::Clear() {
  if (unlinkat(parent_, name_, 0) != 0 && (errno == EISDIR || errno == EPERM)) {
    unlinkat(parent_, name_, AT_REMOVEDIR);
  }
}

bool TarUnpacker::StartFile() {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  // A mode without write permission does not matter for this descriptor.
  file_ = openat(parent_, name_, kFlags, mode_ & 0777);
  if (file_ < 0 && errno == EEXIST) {
    Clear();
    file_ = openat(parent_, name_, kFlags, mode_ & 0777);
  }
  if (file_ < 0) return Fail("cannot create");
  if (left_ == 0) return SealFile();
  state_ = State::kContent;
  return true;
}

// The owner first: setting it clears the bits of setuid and setgid. A default
// ACL or a folder's setgid may have given the file another mode and group.
bool TarUnpacker::SealFile() {
  struct stat info;
  if (fstat(file_, &info) != 0) return Fail("cannot read the mode of");
  if (owners_ && (info.st_uid != user_ || info.st_gid != group_)) {
    if (fchown(file_, user_, group_) != 0) {
      return Fail("cannot set the owner of");
    }
    info.st_mode &= 0777;
  }
  if ((info.st_mode & 07777) != mode_ && fchmod(file_, mode_) != 0) {
    return Fail("cannot set the mode of");
  }
  const timespec times[2] = {{time_, 0}, {time_, 0}};
  if (futimens(file_, times) != 0) return Fail("cannot set the time of");
  const int file = file_;
  file_ = -1;
  if (close(file) != 0) return Fail("cannot write");
  return true;
}

bool TarUnpacker::SetOwner(uid_t user, gid_t group) {
  if (!owners_ || (user == user_ && group == group_)) return true;
  return fchownat(parent_, name_, user_, group_, AT_SYMLINK_NOFOLLOW) == 0 ||
         Fail("cannot set the owner of");
}

bool TarUnpacker::MakeFolder() {
  struct stat info;
  int made = mkdirat(parent_, name_, (mode_ & 0777) | 0700);
  if (made != 0 && errno == EEXIST &&
      fstatat(parent_, name_, &info, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISDIR(info.st_mode)) {
      made = 0;
    } else {
      Clear();
      made = mkdirat(parent_, name_, (mode_ & 0777) | 0700);
    }
  }
  if (made != 0) return Fail("cannot create the folder");
  if (fstatat(parent_, name_, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("cannot read the mode of");
  }
  return SetOwner(info.st_uid, info.st_gid) && Remember();
}

bool TarUnpacker::Remember() {
  if (folder_count_ == folder_room_) {
    const size_t room = 2 * folder_room_ + 64;
    void* grown = realloc(folders_, room * sizeof(Folder));
    if (grown == nullptr) return Fail("no memory for");
    folders_ = static_cast<Folder*>(grown);
    folder_room_ = room;
  }
  char* path = strdup(path_);
  if (path == nullptr) return Fail("no memory for");
  folders_[folder_count_++] = {path, mode_, time_};
  return true;
}

bool TarUnpacker::MakeSymlink() {
  int made = symlinkat(target_, parent_, name_);
  if (made != 0 && errno == EEXIST) {
    Clear();
    made = symlinkat(target_, parent_, name_);
  }
  struct stat info;
  if (made != 0 || fstatat(parent_, name_, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("cannot create the symbolic link");
  }
  if (!SetOwner(info.st_uid, info.st_gid)) return false;
  // Not every file system has times of links, and nothing depends on them.
  const timespec times[2] = {{time_, 0}, {time_, 0}};
  utimensat(parent_, name_, times, AT_SYMLINK_NOFOLLOW);
  return true;
}

bool TarUnpacker::MakeHardLink() {
  char target[PATH_MAX];
  size_t size = 0;
  if (!CleanPath(target_, target_size_, target, size) || size == 0) {
    return Fail("the archive has a link that leads out of it:", false);
  }
  if (strcmp(target, path_) == 0) return true;
  // The cursor holds one descriptor: that of the target goes first.
  char* slash = strrchr(target, '/');
  const int found =
      cursor_.Go(target, slash == nullptr ? 0 : slash - target, false);
  const int from = found < 0 ? -1 : fcntl(found, F_DUPFD_CLOEXEC, 0);
  if (from < 0 || !GoToParent(true)) {
    const int error = errno;
    if (from >= 0) close(from);
    errno = error;
    return Fail("cannot create the hard link");
  }
  const char* name = slash == nullptr ? target : slash + 1;
  int made = linkat(from, name, parent_, name_, 0);
  if (made != 0 && errno == EEXIST) {
    Clear();
    made = linkat(from, name, parent_, name_, 0);
  }
  const int error = errno;
  close(from);
  errno = error;
  return made == 0 || Fail("cannot create the hard link");
}

bool TarUnpacker::Finish() {
  if (state_ != State::kEnd) return Fail("the archive is cut after", false);
  // What is in a folder comes after it, and its mode may close it.
  for (size_t i = folder_count_; i-- > 0;) {
    if (!FinishFolder(folders_[i])) return false;
  }
  return true;
}

bool TarUnpacker::FinishFolder(const Folder& folder) {
  path_size_ = strlen(folder.path);
  memcpy(path_, folder.path, path_size_ + 1);
  struct stat info;
  // A later member may have replaced it.
  if (!GoToParent(false) ||
      fstatat(parent_, name_, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISDIR(info.st_mode)) {
    return true;
  }
  if ((info.st_mode & 07777) != folder.mode &&
      fchmodat(parent_, name_, folder.mode, 0) != 0) {
    return Fail("cannot set the mode of");
  }
  const timespec times[2] = {{folder.time, 0}, {folder.time, 0}};
  return utimensat(parent_, name_, times, AT_SYMLINK_NOFOLLOW) == 0 ||
         Fail("cannot set the time of");
}

}  // namespace ovenbird::kube::receiver
