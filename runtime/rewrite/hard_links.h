// Hard links of RUN lines: executors write a layer at a time, and recognize two
// names of one file only if both are new in the layer.
#ifndef OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_
#define OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Puts a file of an earlier layer into the RUN's layer, too, if the RUN links
// it with `ln` or `cp -l`, or if it has several names and the RUN brings a
// symlink that leads to it; reports the instruction where that is impossible.
void KeepNewNames(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_
