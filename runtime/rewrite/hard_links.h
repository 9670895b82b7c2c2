// Hard links: executors write a layer at a time, and see two names of one file
// only where both are new in the layer.
#ifndef OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_
#define OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// RUN: makes a file of an earlier layer new in this layer if `ln` names it, or
// reports the instruction.
void KeepNewNames(const Site& site, Draft& draft);

// COPY, ADD: links files that are one file in the build context, or reports
// them.
void KeepCopiedNames(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_HARD_LINKS_H_
