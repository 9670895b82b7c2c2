#include "runtime/net/loop.h"

#include <boost/asio/steady_timer.hpp>

namespace ovenbird::net {

Deadline DeadlineIn(absl::Duration time) {
  if (time > absl::Hours(24 * 365)) return Deadline::max();
  return std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(time);
}

Loop::Loop() : work_(context_.get_executor()) {
  // Asio opens its epoll when it is first used, and throws then.
  boost::asio::steady_timer first(context_);
}

absl::Status Loop::Run(const bool& done, Deadline deadline,
                       Cancellation* cancel, absl::FunctionRef<void()> abort) {
  // The handlers may refer to what the exception takes off the caller's stack.
  try {
    return RunUntil(done, deadline, cancel, abort);
  } catch (...) {
    broken_ = true;
    throw;
  }
}

absl::Status Loop::RunUntil(const bool& done, Deadline deadline,
                            Cancellation* cancel,
                            absl::FunctionRef<void()> abort) {
  // Only wakes run_one_until; the loop looks at the flag. Unlike a handler that
  // is posted, this needs no memory.
  const Cancellation::Subscription wake(cancel, [this] { context_.stop(); });
  while (!done) {
    if (cancel != nullptr && cancel->cancelled()) {
      abort();
      Drain(done);
      return absl::CancelledError("cancelled");
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      abort();
      Drain(done);
      return absl::DeadlineExceededError("timed out");
    }
    RunOne(deadline);
  }
  return absl::OkStatus();
}

void Loop::Drain(const bool& done) {
  try {
    while (!done && !broken_) RunOne(Deadline::max());
  } catch (...) {
    broken_ = true;
    throw;
  }
}

void Loop::RunOne(Deadline deadline) {
  if (context_.stopped()) context_.restart();
  context_.run_one_until(deadline);
}

}  // namespace ovenbird::net
