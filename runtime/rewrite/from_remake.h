// COPY --from of a stage: commands of RUN that create again what the executor
// loses.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_

#include <string>

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns a command that creates the named pipe of a stage at `arrival`; "" if
// its owner or mode may be unusual.
std::string RemakePipe(const StageState& stage, const std::string& pipe,
                       const std::string& arrival);

// Returns a command that links two files if they are equal. It needs the
// programs of Touch(), cmp and ln.
std::string Relink(const std::string& one, const std::string& other);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_
