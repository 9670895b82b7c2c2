// Ctrl-C and its kind: the first one cancels, so that all that was made is
// taken away again; the second one ends the program at once.
#ifndef OVENBIRD_RUNTIME_CLI_SIGNALS_H_
#define OVENBIRD_RUNTIME_CLI_SIGNALS_H_

#include <thread>

#include "runtime/base/cancellation.h"

namespace ovenbird::cli {

// SIGINT, SIGTERM and SIGHUP cancel while it lives. One at a time; to be made
// before any thread is started, which would otherwise take the signals.
class SignalCancellation {
 public:
  SignalCancellation();
  ~SignalCancellation();
  Cancellation& cancellation() { return cancellation_; }

 private:
  void Wait();

  Cancellation cancellation_;
  std::thread waiter_;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_SIGNALS_H_
