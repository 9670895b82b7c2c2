// The owners that the executor leaves wrong after a COPY --from with --chown.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_OWNER_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_OWNER_H_

#include <string>
#include <vector>

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A COPY --from with --chown, as far as it is known.
struct CopyOfFolder {
  std::string owner;   // as in --chown, not root
  std::string target;  // absolute and clean
  // Symlinks are below the source.
  bool holds_links = false;
  // The source is a folder for certain, or by the look of its name.
  bool is_folder = false;
  bool may_be_folder = false;
};

// What corrects the owners after the COPY.
struct OwnersAfter {
  // For a RUN.
  std::vector<std::string> commands;
  // The effect of the executor where no RUN is possible; "": none.
  std::string problem;
};

// Returns the commands that give the copied symlinks the new owner, and that
// restore the owner and mode of an existing target. May read the base image.
OwnersAfter OwnersAfterCopy(const Site& site, const CopyOfFolder& copy);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_OWNER_H_
