#include "runtime/cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <new>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace ovenbird::cli {
namespace {

bool IsBlocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

TEST(SignalsTest, CancelsWhileItLives) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SignalCancellation signals([] { return ""; });
    EXPECT_TRUE(IsBlocked(signal));
    EXPECT_FALSE(signals.cancellation().cancelled());
    kill(getpid(), signal);
    const absl::Time end = absl::Now() + absl::Seconds(60);
    while (!signals.cancellation().cancelled() && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_TRUE(signals.cancellation().cancelled()) << signal;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    EXPECT_FALSE(IsBlocked(signal)) << signal;
  }
}

TEST(SignalsTest, WithoutMemoryItCancels) {
  SignalCancellation signals([] { return ""; });
  EXPECT_FALSE(signals.out_of_memory());
  std::get_new_handler()();
  const absl::Time end = absl::Now() + absl::Seconds(60);
  while (!signals.cancellation().cancelled() && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_TRUE(signals.cancellation().cancelled());
  EXPECT_TRUE(signals.out_of_memory());
}

TEST(SignalsTest, TheSecondSignalExits) {
  EXPECT_EXIT(
      {
        SignalCancellation signals([] { return "left: a pod\n"; });
        kill(getpid(), SIGINT);
        while (!signals.cancellation().cancelled()) {
          absl::SleepFor(absl::Milliseconds(1));
        }
        kill(getpid(), SIGTERM);
        absl::SleepFor(absl::Seconds(60));
      },
      testing::ExitedWithCode(130), "terminated immediately\nleft: a pod");
}

}  // namespace
}  // namespace ovenbird::cli
