#include "runtime/kube/receiver/folder_cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ovenbird::kube::receiver {
namespace {

constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// Returns the end of the part of the path that starts at `start`.
size_t EndOfPart(const char* path, size_t size, size_t start) {
  const void* slash = memchr(path + start, '/', size - start);
  return slash == nullptr
             ? size
             : static_cast<size_t>(static_cast<const char*>(slash) - path);
}

}  // namespace

bool CleanPath(const char* path, size_t size, char (&clean)[PATH_MAX],
               size_t& clean_size) {
  clean_size = 0;
  for (size_t start = 0; start < size;) {
    const size_t end = EndOfPart(path, size, start);
    const char* part = path + start;
    const size_t length = end - start;
    start = end + 1;
    if (length == 0 || (length == 1 && part[0] == '.')) continue;
    if (length == 2 && part[0] == '.' && part[1] == '.') return false;
    if (clean_size + 1 + length >= PATH_MAX) return false;
    if (clean_size > 0) clean[clean_size++] = '/';
    memcpy(clean + clean_size, part, length);
    clean_size += length;
  }
  clean[clean_size] = '\0';
  return true;
}

void FolderCursor::Leave(size_t depth) {
  if (deep_ >= 0) close(deep_);
  deep_ = -1;
  while (depth_ > depth) close(open_[--depth_]);
}

int FolderCursor::Current() const {
  if (deep_ >= 0) return deep_;
  return depth_ == 0 ? root_ : open_[depth_ - 1];
}

int FolderCursor::OpenBelow(int parent, const char* name, size_t size,
                            bool make) {
  char part[NAME_MAX + 1];
  if (size > NAME_MAX) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(part, name, size);
  part[size] = '\0';
  const int found = openat(parent, part, kFolder);
  if (found >= 0 || errno != ENOENT || !make) return found;
  if (mkdirat(parent, part, 0755) != 0) return -1;
  return openat(parent, part, kFolder);
}

int FolderCursor::Go(const char* path, size_t size, bool make) {
  // What is open of it already.
  size_t depth = 0;
  while (depth < depth_ && ends_[depth] <= size &&
         (ends_[depth] == size || path[ends_[depth]] == '/') &&
         memcmp(path, path_, ends_[depth]) == 0) {
    ++depth;
  }
  Leave(depth);
  size_t start = depth == 0 ? 0 : ends_[depth - 1] + 1;
  while (start < size) {
    const size_t end = EndOfPart(path, size, start);
    const int next = OpenBelow(Current(), path + start, end - start, make);
    if (next < 0) return -1;
    if (depth_ < kMaxOpen) {
      if (start > 0) path_[start - 1] = '/';
      memcpy(path_ + start, path + start, end - start);
      ends_[depth_] = end;
      open_[depth_++] = next;
    } else {
      if (deep_ >= 0) close(deep_);
      deep_ = next;
    }
    start = end + 1;
  }
  return Current();
}

}  // namespace ovenbird::kube::receiver
