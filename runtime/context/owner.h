// The owner of a file, by numbers.
#ifndef OVENBIRD_RUNTIME_CONTEXT_OWNER_H_
#define OVENBIRD_RUNTIME_CONTEXT_OWNER_H_

#include <cstdint>

namespace ovenbird::context {

// The numeric owner of a file; root by default.
struct Owner {
  uint32_t user = 0;
  uint32_t group = 0;

  bool operator==(const Owner& other) const {
    return user == other.user && group == other.group;
  }
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_OWNER_H_
