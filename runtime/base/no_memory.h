// For calls of C libraries that have found no memory: they do not do what `new`
// does then.
#ifndef OVENBIRD_RUNTIME_BASE_NO_MEMORY_H_
#define OVENBIRD_RUNTIME_BASE_NO_MEMORY_H_

#include <new>

namespace ovenbird {

// Does what `new` does without memory: calls the new handler, after which the
// call can be repeated (MemoryReserve), or throws std::bad_alloc.
inline void MakeRoomOrThrow() {
  const std::new_handler handler = std::get_new_handler();
  if (handler == nullptr) throw std::bad_alloc();
  handler();
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_NO_MEMORY_H_
