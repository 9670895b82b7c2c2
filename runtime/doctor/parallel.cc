#include "runtime/doctor/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>
#include <vector>

#include "runtime/base/thread.h"

namespace ovenbird::doctor {
namespace {

// They wait for servers; more would look like an attack to some of these.
constexpr size_t kMostThreads = 8;

}  // namespace

void RunAll(const std::vector<std::function<void()>>& jobs) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  const auto work = [&] {
    for (size_t i = next++; i < jobs.size(); i = next++) jobs[i]();
  };
  std::vector<Thread> threads(std::min(jobs.size(), kMostThreads));
  // The first one's share is this thread's.
  for (size_t i = 1; i < threads.size(); ++i) {
    if (!StartThread(threads[i], work, [&] { failed = true; }).ok()) break;
  }
  work();
  for (Thread& thread : threads) Join(thread);
  if (failed) throw std::bad_alloc();
}

}  // namespace ovenbird::doctor
