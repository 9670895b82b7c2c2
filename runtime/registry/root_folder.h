// A folder as the root of all file operations below it: symlinks are followed
// as if it were /, so that nothing outside of it can be reached.
#ifndef OVENBIRD_RUNTIME_REGISTRY_ROOT_FOLDER_H_
#define OVENBIRD_RUNTIME_REGISTRY_ROOT_FOLDER_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// An open folder. Paths are relative to it, without "." and ".." parts. Needs
// Linux 5.6 (openat2).
class RootFolder {
 public:
  // Opens the folder at `path`; fails with the error of open(2).
  static absl::StatusOr<RootFolder> Open(const std::string& path);
  RootFolder(RootFolder&& other) noexcept;
  RootFolder& operator=(RootFolder&&) = delete;
  ~RootFolder();

  // Returns a descriptor of the folder `path` ("" is the root itself), and
  // creates the folder and its parents if they are missing. The descriptor is
  // valid until the next call.
  absl::StatusOr<int> Folder(absl::string_view path);
  // Returns a descriptor of the folder `path` like Folder(), or nullopt if it
  // does not exist or cannot be opened. Creates nothing.
  std::optional<int> ExistingFolder(absl::string_view path);
  // Closes the descriptor that the last call left open. Must be called after a
  // folder or symlink was replaced.
  void Forget();

 private:
  explicit RootFolder(int fd) : root_(fd) {}
  absl::StatusOr<int> OpenOrMake(const std::string& path);

  int root_;
  int last_ = -1;
  std::string last_path_;
};

// Deletes `name` in the folder `parent` with everything below it, without
// following symlinks. A missing file is not an error.
absl::Status RemoveAll(int parent, const std::string& name);

// Deletes everything in the folder `parent`/`name` but not the folder.
absl::Status RemoveContent(int parent, const std::string& name);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_ROOT_FOLDER_H_
