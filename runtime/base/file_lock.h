// A lock between processes.
#ifndef OVENBIRD_RUNTIME_BASE_FILE_LOCK_H_
#define OVENBIRD_RUNTIME_BASE_FILE_LOCK_H_

#include <string>

#include "absl/status/statusor.h"

namespace ovenbird {

// Holds a lock file while it lives.
class FileLock {
 public:
  // Creates and locks the file; waits while another process or FileLock holds
  // it. Returns an error if the file is a symlink or cannot be opened.
  static absl::StatusOr<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_FILE_LOCK_H_
