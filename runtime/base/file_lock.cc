#include "runtime/base/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/steady_time.h"

namespace ovenbird {
namespace {

constexpr absl::Duration kShortestSleep = absl::Milliseconds(5);
constexpr absl::Duration kLongestSleep = absl::Milliseconds(200);

// flock(2) that can be cancelled: no signal ends that of another thread.
absl::Status Lock(int fd, const std::string& path, const LockWait& wait) {
  const absl::Time quiet_end = SteadyNow() + wait.quiet;
  bool is_told = wait.on_wait == nullptr;
  absl::Duration sleep = kShortestSleep;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock ", path));
    }
    if (!is_told && SteadyNow() >= quiet_end) {
      is_told = true;
      wait.on_wait(
          absl::StrCat("waiting for another build, which has locked ", path));
    }
    if (!Sleep(sleep, wait.cancel).ok()) {
      return absl::CancelledError(
          absl::StrCat("cancelled while another build has locked ", path));
    }
    sleep = std::min(2 * sleep, kLongestSleep);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Take(const std::string& path,
                                        const LockWait& wait) {
  // A link of a cloned repository would create a file where it leads.
  const int fd =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  FileLock lock(fd);
  if (absl::Status status = Lock(fd, path, wait); !status.ok()) return status;
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace ovenbird
