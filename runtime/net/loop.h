// Internal to net: runs the asynchronous operations of one connection in the
// calling thread until they are done, a deadline passes, or a Cancellation is
// cancelled.
#ifndef OVENBIRD_RUNTIME_NET_LOOP_H_
#define OVENBIRD_RUNTIME_NET_LOOP_H_

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"

namespace ovenbird::net {

using Deadline = std::chrono::steady_clock::time_point;
// Returns the time point after `time`; durations of more than a year never end.
Deadline DeadlineIn(absl::Duration time);

// The event loop of one connection.
class Loop {
 public:
  // Throws boost::system::system_error if no file can be opened
  // (RLIMIT_NOFILE); nothing that is done with the loop later throws that.
  Loop();

  boost::asio::io_context& context() { return context_; }
  // Lets `context().run()` return when nothing is pending.
  void Finish() { work_.reset(); }

  // Runs handlers until `done` is true. When the deadline passes or `cancel`
  // (may be null) is cancelled, calls `abort` once, which must make the pending
  // operations end, continues until `done`, and returns kDeadlineExceeded or
  // kCancelled. OK says nothing about the operations. An exception (memory)
  // leaves them pending, and nothing runs any more: they end with the loop.
  absl::Status Run(const bool& done, Deadline deadline, Cancellation* cancel,
                   absl::FunctionRef<void()> abort);
  // Runs handlers until `done` is true, or until an exception. The operations
  // must be about to end.
  void Drain(const bool& done);

 private:
  absl::Status RunUntil(const bool& done, Deadline deadline,
                        Cancellation* cancel, absl::FunctionRef<void()> abort);
  void RunOne(Deadline deadline);

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_;
  bool broken_ = false;
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_LOOP_H_
