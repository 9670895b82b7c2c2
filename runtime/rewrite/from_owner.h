// The owners of symlinks, which the executor leaves wrong after a COPY --from.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_OWNER_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_OWNER_H_

#include <string>

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A COPY --from of a folder with symlinks.
struct CopyOfLinks {
  std::string owner;   // as in --chown, not root
  std::string target;  // absolute and clean
};

// What corrects the owners after the COPY.
struct OwnersAfter {
  // For a RUN; "": none.
  std::string command;
  // The effect of the executor where no RUN is possible; "": none.
  std::string problem;
};

// Returns the command that gives the copied symlinks the new owner. May read
// the base image.
OwnersAfter OwnersAfterCopy(const Site& site, const CopyOfLinks& copy);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_OWNER_H_
