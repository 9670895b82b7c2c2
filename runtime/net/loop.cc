#include "runtime/net/loop.h"

#include <boost/asio/post.hpp>
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
  // The empty handler only wakes run_one_until; the loop looks at the flag.
  const Cancellation::Subscription wake(
      cancel, [this] { boost::asio::post(context_, [] {}); });
  while (!done) {
    if (cancel != nullptr && cancel->cancelled()) {
      abort();
      while (!done) context_.run_one();
      return absl::CancelledError("cancelled");
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      abort();
      while (!done) context_.run_one();
      return absl::DeadlineExceededError("timed out");
    }
    context_.run_one_until(deadline);
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::net
