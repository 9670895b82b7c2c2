// Ctrl-C and similar signals: the first one cancels, so that everything that
// was created is deleted again; another Ctrl-C or SIGTERM, at least 1 s after
// that, exits immediately.
#ifndef OVENBIRD_RUNTIME_CLI_SIGNALS_H_
#define OVENBIRD_RUNTIME_CLI_SIGNALS_H_

#include <signal.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/base/memory_reserve.h"
#include "runtime/base/thread.h"

namespace ovenbird::cli {

// Cancels on SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 while it lives,
// except for those that are ignored at the start (`nohup`). At most one may
// exist; it must be created before any thread is started, which would otherwise
// receive the signals, and destroyed in the thread that created it.
class SignalCancellation {
 public:
  // `left`, called from another thread when a later signal ends the cleanup,
  // returns a description of what is left behind: several lines, or none.
  // `tell`, called from another thread at the first signal, shows a line.
  explicit SignalCancellation(
      std::function<std::string()> left,
      std::function<void(const std::string&)> tell = &TellOnStandardError);
  ~SignalCancellation();
  Cancellation& cancellation() { return cancellation_; }
  // Returns whether the program has run out of memory. That cancels, too: what
  // was created can be deleted with the memory that was kept for that.
  bool out_of_memory() const { return out_of_memory_; }

 private:
  static void TellOnStandardError(const std::string& line);

  void Wait();
  void Interrupt(int signal);
  void StopWithoutMemory();
  [[noreturn]] void ExitImmediately();

  const std::function<std::string()> left_;
  const std::function<void(const std::string&)> tell_;
  Cancellation cancellation_;
  std::atomic<bool> out_of_memory_ = false;
  std::atomic<bool> has_ended_ = false;  // for the waiter
  sigset_t before_;  // the mask of the thread that created it
  Thread waiter_;
  std::optional<MemoryReserve> reserve_;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_SIGNALS_H_
