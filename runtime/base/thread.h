// Threads on a machine that may have none left.
#ifndef OVENBIRD_RUNTIME_BASE_THREAD_H_
#define OVENBIRD_RUNTIME_BASE_THREAD_H_

#include <system_error>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace ovenbird {

// Runs `work` in a new thread, `thread`. kResourceExhausted: no thread can be
// started (RLIMIT_NPROC, the pids limit of a container, memory), and `thread`
// stays empty.
template <typename Work>
absl::Status StartThread(std::thread& thread, Work&& work) {
  try {
    thread = std::thread(std::forward<Work>(work));
    return absl::OkStatus();
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start a thread: ", error.code().message(),
        "; the limit of processes or of memory is reached (`ulimit -u`, the "
        "container's limit of pids): use a smaller --jobs, or raise it"));
  }
}

// Waits for the end of a thread that may not have been started.
inline void Join(std::thread& thread) {
  if (thread.joinable()) thread.join();
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_THREAD_H_
