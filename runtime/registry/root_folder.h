// A folder as the root of everything that is done below it: symbolic links are
// followed as if it were /, so that nothing outside of it can be reached.
#ifndef OVENBIRD_RUNTIME_REGISTRY_ROOT_FOLDER_H_
#define OVENBIRD_RUNTIME_REGISTRY_ROOT_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// Paths are relative to the folder, without "." and ".." parts. Needs Linux 5.6
// (openat2).
class RootFolder {
 public:
  static absl::StatusOr<RootFolder> Open(const std::string& path);
  RootFolder(RootFolder&& other) noexcept;
  RootFolder& operator=(RootFolder&&) = delete;
  ~RootFolder();

  // Descriptor of the folder `path` ("" is the root itself), which is made
  // with its parents where it is missing. Valid until the next call.
  absl::StatusOr<int> Folder(absl::string_view path);
  // Forgets the descriptor that the last call left open: to be called when a
  // folder or link was replaced.
  void Forget();

 private:
  explicit RootFolder(int fd) : root_(fd) {}
  absl::StatusOr<int> OpenOrMake(const std::string& path);

  int root_;
  int last_ = -1;
  std::string last_path_;
};

// Deletes `name` in the folder `parent` with all below it, without following
// links. What is not there is no error.
absl::Status RemoveAll(int parent, const std::string& name);

// Deletes all in the folder `parent`/`name` but not the folder.
absl::Status RemoveContent(int parent, const std::string& name);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_ROOT_FOLDER_H_
