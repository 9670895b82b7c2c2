// Folders of the local engine: the cache that stays, and a temporary one for
// each run.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_WORKSPACE_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_WORKSPACE_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace ovenbird::build {

// Makes the folder `path`, and those above it that are missing; other users
// cannot enter those that it makes.
absl::Status MakePrivateFolder(const std::string& path);

// Returns kPermissionDenied unless `path` is a folder, and no link to one, that
// belongs to `user` and that no other user can enter.
absl::Status CheckPrivateFolder(const std::string& path, uid_t user);

// Returns $XDG_CACHE_HOME/ovenbird, else ~/.cache/ovenbird, else
// $TMPDIR/ovenbird-UID; made if it is missing. Other users cannot enter it:
// what is in it is trusted, and its images have setuid files. $TMPDIR is
// shared, so its folder has to pass CheckPrivateFolder.
absl::StatusOr<std::string> CacheFolder();

// Holds a lock file until its end; another process waits for it.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// A temporary folder, deleted with all in it by the destructor. What a process
// left that was killed is deleted when the next one is made.
class Workspace {
 public:
  // Deletes a folder whose files this process may not delete by itself.
  using Remover = std::function<void(const std::string&)>;

  // In the folder `parent`, made if it is missing. `remover` (may be null) is
  // tried first on each folder that is to be deleted.
  static absl::StatusOr<Workspace> Make(const std::string& parent,
                                        Remover remover = nullptr);
  Workspace(Workspace&& other) noexcept;
  Workspace& operator=(Workspace&&) = delete;
  ~Workspace();

  const std::string& path() const { return path_; }

 private:
  Workspace(std::string path, int fd, Remover remover)
      : path_(std::move(path)), fd_(fd), remover_(std::move(remover)) {}
  std::string path_;
  int fd_;  // Locked: in use.
  Remover remover_;
};

struct FoundWorkspace {
  std::string path;
  bool in_use = false;  // a living process holds it
};
// Those in the folder `parent`, sorted. Changes nothing.
std::vector<FoundWorkspace> ListWorkspaces(const std::string& parent);
// Deletes one unless a living process holds it; whether it is gone.
bool DeleteWorkspace(const std::string& path,
                     const Workspace::Remover& remover);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_WORKSPACE_H_
