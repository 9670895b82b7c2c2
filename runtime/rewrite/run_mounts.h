// RUN --mount for executors that ignore it: the files are in volumes of the
// executor's container.
#ifndef OVENBIRD_RUNTIME_REWRITE_RUN_MOUNTS_H_
#define OVENBIRD_RUNTIME_REWRITE_RUN_MOUNTS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Removes the flags of caches, of tmpfs, and of files of the context from a
// RUN, and adds their volumes to `site.earlier`. Reports flags for which a
// volume is not enough.
void TakeOutMounts(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_RUN_MOUNTS_H_
