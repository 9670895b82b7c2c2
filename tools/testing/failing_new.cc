#include "tools/testing/failing_new.h"

#include <stdlib.h>

#include <cstddef>
#include <new>

namespace {

// 0: none fails, or none any more.
thread_local int until_failure = 0;

}  // namespace

// In place of the standard library's, in the whole program.
void* operator new(size_t size) {
  if (until_failure > 0 && --until_failure == 0) throw std::bad_alloc();
  void* memory = malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }

namespace ovenbird::testing {

FailingNew::FailingNew(int call) { until_failure = call; }

FailingNew::~FailingNew() { until_failure = 0; }

bool FailingNew::has_failed() const { return until_failure == 0; }

int FailEachNew(absl::FunctionRef<void()> work) {
  for (int call = 1;; ++call) {
    const FailingNew failing(call);
    try {
      work();
    } catch (const std::bad_alloc&) {
    }
    if (!failing.has_failed()) return call - 1;
  }
}

}  // namespace ovenbird::testing
