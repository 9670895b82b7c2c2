#include "runtime/doctor/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "runtime/base/thread.h"

namespace ovenbird::doctor {
namespace {

// They wait for servers; more would look like an attack to some of these.
constexpr size_t kMostThreads = 8;

}  // namespace

void RunAll(const std::vector<std::function<void()>>& jobs) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < jobs.size(); i = next++) jobs[i]();
  };
  std::vector<std::thread> threads(std::min(jobs.size(), kMostThreads));
  // The first one's share is this thread's.
  for (size_t i = 1; i < threads.size(); ++i) {
    if (!StartThread(threads[i], work).ok()) break;
  }
  work();
  for (std::thread& thread : threads) Join(thread);
}

}  // namespace ovenbird::doctor
