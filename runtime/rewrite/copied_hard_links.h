// Hard links after COPY and ADD from the build context.
#ifndef OVENBIRD_RUNTIME_REWRITE_COPIED_HARD_LINKS_H_
#define OVENBIRD_RUNTIME_REWRITE_COPIED_HARD_LINKS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Links files again that are one file in the build context after COPY or ADD,
// or reports them.
void KeepCopiedNames(const Site& site, Draft& draft);

// Puts files with several names of earlier layers, to which copied symlinks of
// the build context lead, into a layer together, or reports them: COPY puts
// only the name that the symlink leads to into its layer.
void KeepNamesOfTargets(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_COPIED_HARD_LINKS_H_
