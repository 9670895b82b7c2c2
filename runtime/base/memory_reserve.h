// Memory that is reserved for cleaning up after memory has run out.
#ifndef OVENBIRD_RUNTIME_BASE_MEMORY_RESERVE_H_
#define OVENBIRD_RUNTIME_BASE_MEMORY_RESERVE_H_

#include <new>

namespace ovenbird {

// While it lives, the first `new` that finds no memory (RLIMIT_AS, a container
// without swap) frees a reserve and calls `on_low`, and is repeated. From then
// on std::bad_alloc is thrown as usual. At most one may exist. C code (malloc)
// is not affected.
class MemoryReserve {
 public:
  // `on_low` is called in the thread that needs memory, which may hold any
  // mutex: it may only call what a signal handler may. Without memory for the
  // reserve nothing changes.
  explicit MemoryReserve(void (*on_low)());
  MemoryReserve(const MemoryReserve&) = delete;
  MemoryReserve& operator=(const MemoryReserve&) = delete;
  ~MemoryReserve();

 private:
  const std::new_handler before_;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_MEMORY_RESERVE_H_
