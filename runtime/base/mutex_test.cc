#include "runtime/base/mutex.h"

#include <gtest/gtest.h>

#include <thread>

namespace ovenbird {
namespace {

TEST(MutexTest, OneAtATime) {
  Mutex mutex;
  int count = 0;
  const auto work = [&] {
    for (int i = 0; i < 10000; ++i) {
      MutexLock lock(&mutex);
      ++count;
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(count, 20000);
}

TEST(MutexTest, AWaitEndsWithTheSignalOrItsTime) {
  Mutex mutex;
  CondVar changed;
  bool ready = false;
  {
    MutexLock lock(&mutex);
    EXPECT_FALSE(changed.WaitUntil(&mutex, std::chrono::steady_clock::now()));
  }
  std::thread other([&] {
    MutexLock lock(&mutex);
    ready = true;
    changed.SignalAll();
  });
  {
    MutexLock lock(&mutex);
    while (!ready) changed.Wait(&mutex);
  }
  other.join();
}

TEST(MutexTest, AnEventIsSeenBeforeAndAfter) {
  Event event;
  EXPECT_FALSE(event.happened());
  std::thread other([&] { event.Notify(); });
  event.Wait();
  event.Wait();
  EXPECT_TRUE(event.happened());
  other.join();
}

}  // namespace
}  // namespace ovenbird
