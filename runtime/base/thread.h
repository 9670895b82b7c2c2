// Threads on a machine that may have none left, nor memory.
#ifndef OVENBIRD_RUNTIME_BASE_THREAD_H_
#define OVENBIRD_RUNTIME_BASE_THREAD_H_

#include <exception>
#include <new>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace ovenbird {

// A thread. Its destructor waits for the end of the work: an exception in the
// thread that owns it must not end the program.
using Thread = std::jthread;

// For StartThread: nothing waits for what the thread does.
inline void NobodyWaits() {}

namespace thread_internal {

// Returns kResourceExhausted with the string that `describe` returns; without a
// message if there is no memory for it. Throws nothing.
template <typename Describe>
absl::Status NoThread(Describe describe) {
  try {
    return absl::ResourceExhaustedError(describe());
  } catch (const std::bad_alloc&) {
    return absl::Status(absl::StatusCode::kResourceExhausted, "");
  }
}

}  // namespace thread_internal

// Runs `work` in a new thread, `thread`. kResourceExhausted: no thread can be
// started (RLIMIT_NPROC, the pids limit of a container, memory), and `thread`
// stays empty. Throws nothing: a caller that has started another thread before
// could not end it.
//
// An exception, which only memory that runs out causes, ends the work, not the
// program: then `on_exception` is called in the thread. It must end the wait of
// others for the work, and should need no memory itself.
template <typename Work, typename OnException>
absl::Status StartThread(Thread& thread, Work&& work,
                         OnException on_exception) {
  try {
    thread = Thread([work = std::decay_t<Work>(std::forward<Work>(work)),
                     on_exception = std::move(on_exception)]() mutable {
      try {
        work();
      } catch (const std::exception&) {
        try {
          on_exception();
        } catch (const std::exception&) {
        }
      }
    });
    return absl::OkStatus();
  } catch (const std::system_error& error) {
    return thread_internal::NoThread([&] {
      return absl::StrCat(
          "cannot start a thread: ", error.code().message(),
          "; the limit of processes or of memory is reached (`ulimit -u`, the "
          "container's limit of pids): use a smaller --jobs, or raise it");
    });
  } catch (const std::bad_alloc&) {
    return thread_internal::NoThread(
        [] { return "cannot start a thread: there is no more memory"; });
  }
}

// Waits for the end of a thread that may not have been started.
inline void Join(Thread& thread) {
  if (thread.joinable()) thread.join();
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_THREAD_H_
