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

// Creates the folder `path`, and those above it that are missing; other users
// cannot enter the folders that it creates.
absl::Status MakePrivateFolder(const std::string& path);

// Returns kPermissionDenied unless `path` is a folder, not a symlink to one,
// that belongs to `user` and that no other user can enter.
absl::Status CheckPrivateFolder(const std::string& path, uid_t user);

// Returns $XDG_CACHE_HOME/ovenbird, or ~/.cache/ovenbird, or
// $TMPDIR/ovenbird-UID; creates it if it is missing. Other users cannot enter
// it, because its content is trusted, and its images have setuid files. $TMPDIR
// is shared, so its folder must pass CheckPrivateFolder.
absl::StatusOr<std::string> CacheFolder();

// Holds a lock file while it lives.
class FileLock {
 public:
  // Creates and locks the file; waits while another process or FileLock holds
  // it.
  static absl::StatusOr<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// A temporary folder that the destructor deletes with its content. Folders that
// killed processes have left are deleted when the next one is created.
class Workspace {
 public:
  // Deletes a folder with files that this process itself may not delete.
  using Remover = std::function<void(const std::string&)>;

  // Creates a folder in `parent`, which is created if it is missing. `remover`
  // (may be null) is tried first on each folder that is deleted.
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

// A workspace of this or another process.
struct FoundWorkspace {
  std::string path;
  bool in_use = false;  // a living process holds it
};
// Returns the workspaces in the folder `parent`, sorted. Changes nothing.
std::vector<FoundWorkspace> ListWorkspaces(const std::string& parent);
// Deletes a workspace unless a living process holds it; returns whether it is
// gone.
bool DeleteWorkspace(const std::string& path,
                     const Workspace::Remover& remover);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_WORKSPACE_H_
