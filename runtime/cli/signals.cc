#include "runtime/cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

namespace ovenbird::cli {
namespace {

constexpr int kInterrupted = 130;

// SIGUSR1 is our own word that the waiter may end.
sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    sigaddset(&signals, signal);
  }
  return signals;
}

}  // namespace

SignalCancellation::SignalCancellation() {
  sigset_t signals = Signals();
  // Threads inherit the mask: all of them leave the signals to the waiter.
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  waiter_ = std::thread([this] { Wait(); });
}

SignalCancellation::~SignalCancellation() {
  pthread_kill(waiter_.native_handle(), SIGUSR1);
  waiter_.join();
}

void SignalCancellation::Wait() {
  sigset_t signals = Signals();
  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal != SIGUSR1;) {
    if (cancellation_.cancelled()) {
      std::fputs(
          "ovenbird: ended at once; `kubectl get pods,secrets -l "
          "app.kubernetes.io/managed-by=ovenbird` shows what may be "
          "left\n",
          stderr);
      _exit(kInterrupted);
    }
    std::fputs("ovenbird: interrupted, cleaning up\n", stderr);
    cancellation_.Cancel();
  }
}

}  // namespace ovenbird::cli
