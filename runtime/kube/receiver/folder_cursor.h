// Finds the folders of paths below a root folder, and never follows a symlink:
// nothing outside of the root can be reached.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_FOLDER_CURSOR_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_FOLDER_CURSOR_H_

#include <limits.h>
#include <stddef.h>

namespace ovenbird::kube::receiver {

// Keeps the folders on the way to the last path open, because the next path is
// mostly near it.
class FolderCursor {
 public:
  // `root` is a descriptor of the root, which must stay open.
  explicit FolderCursor(int root) : root_(root) {}
  FolderCursor(const FolderCursor&) = delete;
  FolderCursor& operator=(const FolderCursor&) = delete;
  ~FolderCursor() { Leave(0); }

  // Returns a descriptor of the folder `path`, which is clean (CleanPath), ""
  // for the root itself. Creates missing folders if `make`. The descriptor is
  // valid until the next call. Returns -1, with errno, on failure: ENOTDIR if
  // a symlink or a file is on the way.
  int Go(const char* path, size_t size, bool make);

 private:
  static constexpr size_t kMaxOpen = 32;  // deeper folders are opened each time

  // Keeps the first `depth` folders.
  void Leave(size_t depth);
  int OpenBelow(int parent, const char* name, size_t size, bool make);
  int Current() const;

  const int root_;
  // path_ up to ends_[i] is open as open_[i].
  char path_[PATH_MAX];
  size_t ends_[kMaxOpen];
  int open_[kMaxOpen];
  size_t depth_ = 0;
  int deep_ = -1;  // below the last of open_
};

// Takes a path of an archive apart and puts it together without "." parts,
// double slashes and slashes at its ends. Returns false if a part is "..", or
// if the path has more than PATH_MAX - 1 bytes. `clean` has a NUL at its end.
bool CleanPath(const char* path, size_t size, char (&clean)[PATH_MAX],
               size_t& clean_size);

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_FOLDER_CURSOR_H_
