#include "runtime/base/memory_reserve.h"

#include <sys/mman.h>

#include <atomic>
#include <cstddef>

namespace ovenbird {
namespace {

// Address space only, until something is written to it: for connections, their
// buffers and the stack of a thread.
constexpr size_t kReserve = size_t{32} << 20;

// A new handler is a plain function.
std::atomic<void*> reserve = nullptr;
std::atomic<void (*)()> tell = nullptr;

bool Free() {
  void* memory = reserve.exchange(nullptr);
  if (memory == nullptr) return false;
  munmap(memory, kReserve);
  return true;
}

void OnNoMemory() {
  if (!Free()) throw std::bad_alloc();
  tell.load()();
}

}  // namespace

MemoryReserve::MemoryReserve(void (*on_low)())
    : before_(std::get_new_handler()) {
  void* memory = mmap(nullptr, kReserve, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  tell = on_low;
  reserve = memory;
  std::set_new_handler(OnNoMemory);
}

MemoryReserve::~MemoryReserve() {
  std::set_new_handler(before_);
  Free();
}

}  // namespace ovenbird
