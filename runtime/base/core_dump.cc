#include "runtime/base/core_dump.h"

#include <sys/prctl.h>

namespace ovenbird {

void ForbidCoreDumps() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // Unlike RLIMIT_CORE this also counts where the kernel pipes dumps into a
  // program, and is not inherited by what is executed. The leak sanitizer must
  // read the memory of its process.
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace ovenbird
