// For work that may fail for lack of memory, in places that no exception may
// leave: destructors, and steps before a cleanup.
#ifndef OVENBIRD_RUNTIME_BASE_IGNORE_EXCEPTIONS_H_
#define OVENBIRD_RUNTIME_BASE_IGNORE_EXCEPTIONS_H_

#include <exception>

namespace ovenbird {

// Calls `work`. Returns whether it came to its end; an exception, which only
// memory that runs out causes, ends it early.
template <typename Work>
bool IgnoreExceptions(Work work) {
  try {
    work();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_IGNORE_EXCEPTIONS_H_
