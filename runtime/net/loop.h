// Internal to net: runs one connection's asynchronous operations in the
// calling thread until they are done, a deadline passes, or a Cancellation
// says stop.
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
// Infinite and very long durations never end.
Deadline DeadlineIn(absl::Duration time);

class Loop {
 public:
  Loop() : work_(context_.get_executor()) {}

  boost::asio::io_context& context() { return context_; }
  // From now on `context().run()` ends when nothing is pending.
  void Finish() { work_.reset(); }

  // Runs handlers until `done` is true. When the deadline passes or `cancel`
  // (may be null) is cancelled, calls `abort` once, which must make the
  // pending operations end, goes on until `done`, and returns
  // kDeadlineExceeded or kCancelled. OK says nothing about the operations.
  absl::Status Run(const bool& done, Deadline deadline, Cancellation* cancel,
                   absl::FunctionRef<void()> abort);

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_;
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_LOOP_H_
