// A lock between processes.
#ifndef OVENBIRD_RUNTIME_BASE_FILE_LOCK_H_
#define OVENBIRD_RUNTIME_BASE_FILE_LOCK_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"

namespace ovenbird {

// What ends the wait for a lock, and where it is shown. Must outlive the calls
// that use it.
struct LockWait {
  Cancellation* cancel = nullptr;  // may be null
  // Called once, when a lock was not free for `quiet`, with what is waited for.
  std::function<void(absl::string_view text)> on_wait = nullptr;
  absl::Duration quiet = absl::Seconds(3);
};

// Holds a lock file while it lives.
class FileLock {
 public:
  // Creates and locks the file; waits while another process or FileLock holds
  // it. Returns an error if the file is a symlink or cannot be opened;
  // kCancelled if the wait was cancelled. A lock that is free is taken all the
  // same.
  static absl::StatusOr<FileLock> Take(const std::string& path,
                                       const LockWait& wait = {});
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_FILE_LOCK_H_
