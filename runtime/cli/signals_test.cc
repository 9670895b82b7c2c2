#include "runtime/cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <new>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/cli/output_buffer.h"

namespace ovenbird::cli {
namespace {

bool IsBlocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

void WaitFor(const Cancellation& cancellation) {
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (!cancellation.cancelled() && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(1));
  }
}

TEST(SignalsTest, CancelsWhileItLives) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) {
    SignalCancellation signals([] { return ""; });
    EXPECT_TRUE(IsBlocked(signal));
    EXPECT_FALSE(signals.cancellation().cancelled());
    kill(getpid(), signal);
    WaitFor(signals.cancellation());
    EXPECT_TRUE(signals.cancellation().cancelled()) << signal;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) {
    EXPECT_FALSE(IsBlocked(signal)) << signal;
  }
}

// A batch system announces that it will end the job soon.
TEST(SignalsTest, AWarningOfABatchSystemCancelsAndIsNoLackOfMemory) {
  for (const int signal : {SIGUSR1, SIGUSR2}) {
    EXPECT_EXIT(
        {
          SignalCancellation signals([] { return "left: a pod\n"; });
          kill(getpid(), signal);
          WaitFor(signals.cancellation());
          if (signals.out_of_memory()) _exit(8);
          // Later signals are served, too.
          absl::SleepFor(absl::Milliseconds(1500));
          kill(getpid(), SIGTERM);
          absl::SleepFor(absl::Seconds(60));
        },
        testing::ExitedWithCode(130), "left: a pod")
        << signal;
  }
}

// Set by a caller who does not want the job's warnings to end the program.
TEST(SignalsTest, AnIgnoredWarningChangesNothing) {
  EXPECT_EXIT(
      {
        std::signal(SIGUSR1, SIG_IGN);
        SignalCancellation signals([] { return ""; });
        kill(getpid(), SIGUSR1);
        absl::SleepFor(absl::Milliseconds(200));
        if (signals.cancellation().cancelled()) _exit(8);
        kill(getpid(), SIGTERM);
        WaitFor(signals.cancellation());
        _exit(signals.cancellation().cancelled() ? 7 : 9);
      },
      testing::ExitedWithCode(7), "");
}

TEST(SignalsTest, WithoutMemoryItCancels) {
  SignalCancellation signals([] { return ""; });
  EXPECT_FALSE(signals.out_of_memory());
  std::get_new_handler()();
  WaitFor(signals.cancellation());
  EXPECT_TRUE(signals.cancellation().cancelled());
  EXPECT_TRUE(signals.out_of_memory());
}

// Both words are there when the waiter looks, and SIGUSR1 comes first.
TEST(SignalsTest, TheEndOverlooksNoMemory) {
  EXPECT_EXIT(
      {
        std::atomic<bool> is_telling = false;
        std::atomic<bool> may_go_on = false;
        std::thread later;
        {
          SignalCancellation signals([] { return ""; },
                                     [&](const std::string&) {
                                       is_telling = true;
                                       is_telling.notify_all();
                                       may_go_on.wait(false);
                                     });
          kill(getpid(), SIGTERM);
          is_telling.wait(false);
          std::get_new_handler()();
          later = std::thread([&] {
            absl::SleepFor(absl::Milliseconds(200));
            may_go_on = true;
            may_go_on.notify_all();
          });
        }
        later.join();
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

// What was created is deleted all the same.
TEST(SignalsTest, WithoutMemoryToSayItASignalCancels) {
  EXPECT_EXIT(
      {
        std::atomic<bool> is_telling = false;
        SignalCancellation signals([] { return ""; },
                                   [&](const std::string&) {
                                     is_telling = true;
                                     is_telling.notify_all();
                                     throw std::bad_alloc();
                                   });
        kill(getpid(), SIGTERM);
        is_telling.wait(false);
        absl::SleepFor(absl::Milliseconds(200));
        _exit(signals.cancellation().cancelled() ? 7 : 8);
      },
      testing::ExitedWithCode(7), "");
}

// How long after the first signal another one can be meant to end the cleanup.
constexpr absl::Duration kLater = absl::Milliseconds(1200);

TEST(SignalsTest, ALaterSignalExits) {
  for (const int first : {SIGINT, SIGHUP}) {
    for (const int second : {SIGINT, SIGTERM}) {
      EXPECT_EXIT(
          {
            SignalCancellation signals([] { return "left: a pod\n"; });
            kill(getpid(), first);
            WaitFor(signals.cancellation());
            absl::SleepFor(kLater);
            kill(getpid(), second);
            absl::SleepFor(absl::Seconds(20));
          },
          testing::ExitedWithCode(130), "terminated immediately\nleft: a pod");
    }
  }
}

// The cleanup takes half a second after the second signal.
void ExpectCleanup(int first, int second, absl::Duration distance) {
  EXPECT_EXIT(
      {
        SignalCancellation signals([] { return ""; });
        kill(getpid(), first);
        WaitFor(signals.cancellation());
        absl::SleepFor(distance);
        kill(getpid(), second);
        absl::SleepFor(absl::Milliseconds(500));
        _exit(7);
      },
      testing::ExitedWithCode(7), "")
      << first << " " << second;
}

// `timeout` signals its child, and then the group.
TEST(SignalsTest, TwoSignalsAtTheSameTimeCleanUp) {
  for (const int first : {SIGINT, SIGTERM, SIGHUP}) {
    for (const int second : {SIGINT, SIGTERM}) {
      ExpectCleanup(first, second, absl::ZeroDuration());
    }
  }
}

// The kernel and the shell tell of a terminal that was closed.
TEST(SignalsTest, AHangUpNeverEndsTheCleanup) {
  for (const int first : {SIGINT, SIGHUP}) {
    ExpectCleanup(first, SIGHUP, absl::ZeroDuration());
    ExpectCleanup(first, SIGHUP, kLater);
  }
  ExpectCleanup(SIGINT, SIGUSR1, kLater);
}

// The second signal came while the first one's message was written.
TEST(SignalsTest, ASlowMessageMakesNoSignalLate) {
  EXPECT_EXIT(
      {
        SignalCancellation signals([] { return ""; },
                                   [](const std::string&) {
                                     kill(getpid(), SIGTERM);
                                     absl::SleepFor(kLater);
                                   });
        kill(getpid(), SIGTERM);
        WaitFor(signals.cancellation());
        absl::SleepFor(2 * kLater);
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

// A pager that waits, a terminal after Ctrl-S.
TEST(SignalsTest, OutputThatNobodyReadsHoldsUpNothing) {
  EXPECT_EXIT(
      {
        int ends[2];
        if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0) _exit(8);
        InstallOutputBuffers();
        SignalCancellation signals([] { return ""; });
        std::thread writer([&] {
          const std::string much(1 << 16, 'x');
          while (!signals.cancellation().cancelled()) std::cerr << much;
        });
        absl::SleepFor(absl::Milliseconds(500));
        kill(getpid(), SIGTERM);
        alarm(20);  // Ends the process while it waits.
        writer.join();
        // Another signal is served, too, and says so to nobody.
        absl::SleepFor(2 * kLater);
        kill(getpid(), SIGTERM);
        absl::SleepFor(absl::Seconds(20));
      },
      testing::ExitedWithCode(130), "");
}

TEST(SignalsTest, TellsHowToExitImmediately) {
  EXPECT_EXIT(
      {
        SignalCancellation signals([] { return ""; });
        kill(getpid(), SIGINT);
        WaitFor(signals.cancellation());
        absl::SleepFor(absl::Milliseconds(500));
        _exit(7);
      },
      testing::ExitedWithCode(7),
      "interrupted, cleaning up .after 1 s, another Ctrl-C exits");
}

}  // namespace
}  // namespace ovenbird::cli
