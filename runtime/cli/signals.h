// Ctrl-C and its kind: the first one cancels, so that all that was made is
// taken away again; the second one ends the program at once.
#ifndef OVENBIRD_RUNTIME_CLI_SIGNALS_H_
#define OVENBIRD_RUNTIME_CLI_SIGNALS_H_

#include <functional>
#include <string>
#include <thread>

#include "runtime/base/cancellation.h"

namespace ovenbird::cli {

// SIGINT, SIGTERM and SIGHUP cancel while it lives, but for those that whoever
// started us has told us to ignore (`nohup`). One at a time; to be made before
// any thread is started, which would otherwise take the signals.
class SignalCancellation {
 public:
  // `left`, called at the second signal from a thread of its own, says what is
  // left behind: several lines, or none.
  explicit SignalCancellation(std::function<std::string()> left);
  ~SignalCancellation();
  Cancellation& cancellation() { return cancellation_; }

 private:
  void Wait();

  const std::function<std::string()> left_;
  Cancellation cancellation_;
  std::thread waiter_;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_SIGNALS_H_
