// Temporary folders that are deleted even if the process is killed.
#ifndef OVENBIRD_RUNTIME_BASE_WORKSPACE_H_
#define OVENBIRD_RUNTIME_BASE_WORKSPACE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/file_lock.h"

namespace ovenbird {

// A temporary folder that the destructor deletes with its content. Folders that
// killed processes have left are deleted when the next one is created.
class Workspace {
 public:
  // Deletes a folder with files that this process itself may not delete.
  using Remover = std::function<void(const std::string&)>;

  // Creates a folder in `parent`, which is created if it is missing. `remover`
  // (may be null) is tried first on each folder that is deleted. `wait`: while
  // another process creates or lists workspaces.
  static absl::StatusOr<Workspace> Make(const std::string& parent,
                                        Remover remover = nullptr,
                                        const LockWait& wait = {});
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
// Returns the workspaces in the folder `parent`, sorted; none if `wait`, while
// another process creates or lists workspaces, was cancelled. Changes nothing.
std::vector<FoundWorkspace> ListWorkspaces(const std::string& parent,
                                           const LockWait& wait = {});
// Deletes a workspace unless a living process holds it; returns whether it is
// gone.
bool DeleteWorkspace(const std::string& path,
                     const Workspace::Remover& remover);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_WORKSPACE_H_
