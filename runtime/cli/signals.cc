#include "runtime/cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <iostream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/ignore_exceptions.h"
#include "runtime/base/steady_time.h"
#include "runtime/cli/output_buffer.h"

namespace ovenbird::cli {
namespace {

bool IsIgnored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

// There is no more memory, and the waiter has not seen it yet.
std::atomic<bool> memory_is_low = false;

constexpr int kOfOthers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

// A signal soon after the first one was not sent to end the cleanup: `timeout`
// and npm send two for one, and Ctrl-C in a terminal reaches the whole group.
constexpr absl::Duration kTooSoon = absl::Seconds(1);

// Whether it can end the cleanup. A terminal that is closed sends SIGHUP, its
// shell sends another one, and batch systems announce the end of a job with
// SIGUSR1 and SIGUSR2.
bool CanEndCleanup(int signal) { return signal == SIGINT || signal == SIGTERM; }

// SIGUSR1 wakes the waiter, too: a flag says why.
sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  for (int signal : kOfOthers) {
    if (!IsIgnored(signal)) sigaddset(&signals, signal);
  }
  return signals;
}

}  // namespace

SignalCancellation::SignalCancellation(
    std::function<std::string()> left,
    std::function<void(const std::string&)> tell)
    : left_(std::move(left)), tell_(std::move(tell)) {
  sigset_t signals = Signals();
  // Threads inherit the mask: all of them leave the signals to the waiter.
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  // Without a waiter a signal ends the program, as it does by default.
  const auto leave = [] { _exit(kExitInterrupted); };
  memory_is_low = false;
  if (!StartThread(
           waiter_, [this] { Wait(); }, leave)
           .ok()) {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    return;
  }
  reserve_.emplace([] {
    memory_is_low = true;
    kill(getpid(), SIGUSR1);
  });
}

SignalCancellation::~SignalCancellation() {
  if (!waiter_.joinable()) return;
  reserve_.reset();
  has_ended_ = true;
  pthread_kill(waiter_.native_handle(), SIGUSR1);
  waiter_.join();
  // The waiter may have left our word of low memory, which ends a program that
  // does not wait for it.
  sigset_t low;
  sigemptyset(&low);
  sigaddset(&low, SIGUSR1);
  const timespec now = {};
  sigtimedwait(&low, nullptr, &now);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SignalCancellation::Wait() {
  const sigset_t signals = Signals();
  absl::Time printed = absl::InfinitePast();  // of the cleanup
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (memory_is_low.exchange(false)) {
      StopWithoutMemory();
      printed = SteadyNow();
      if (signal == SIGUSR1) continue;
    }
    if (has_ended_) return;
    if (IsIgnored(signal)) continue;
    if (!cancellation_.cancelled()) {
      Interrupt(signal);
      printed = SteadyNow();
    } else if (CanEndCleanup(signal) && SteadyNow() - printed >= kTooSoon) {
      ExitImmediately();
    }
  }
}

void SignalCancellation::Interrupt(int signal) {
  HurryOutput();
  cancellation_.Cancel();
  // Without memory for it what was created is deleted all the same.
  IgnoreExceptions([&] {
    tell_(absl::StrCat("ovenbird: interrupted, cleaning up",
                       signal == SIGINT
                           ? " (after 1 s, another Ctrl-C exits immediately)"
                           : ""));
  });
}

void SignalCancellation::StopWithoutMemory() {
  HurryOutput();
  out_of_memory_ = true;
  cancellation_.Cancel();
  std::cerr << "ovenbird: no more memory, cleaning up\n";
}

void SignalCancellation::ExitImmediately() {
  IgnoreExceptions([this] {
    std::cerr << "ovenbird: terminated immediately\n" << left_();
  });
  _exit(kExitInterrupted);
}

void SignalCancellation::TellOnStandardError(const std::string& line) {
  std::cerr << line + "\n";
}

}  // namespace ovenbird::cli
