// The script of `injectRestartHelper`.
#ifndef OVENBIRD_RUNTIME_PLAN_RESTART_HELPER_H_
#define OVENBIRD_RUNTIME_PLAN_RESTART_HELPER_H_

#include "runtime/context/tar.h"

namespace ovenbird::plan {

// Returns the script as a file of the context.
context::MemoryFile RestartHelper();

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_RESTART_HELPER_H_
