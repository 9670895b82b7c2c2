// Hard links: executors write a layer at a time, and recognize two names of one
// file only if both are new in the layer.
#ifndef OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_
#define OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Puts a file of an earlier layer into the RUN's layer, too, if the RUN links
// it with `ln` or `cp -l`; reports the instruction where that is impossible.
void KeepNewNames(const Site& site, Draft& draft);

// Links files again that are one file in the build context after COPY or ADD,
// or reports them.
void KeepCopiedNames(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_
