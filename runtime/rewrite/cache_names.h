// Adds file names to the cache keys of COPY and ADD. An executor's key has the
// mode, owner and content of what is copied, but no names: after a rename, the
// next RUN would take a cached layer that was built with the old name.
#ifndef OVENBIRD_RUNTIME_REWRITE_CACHE_NAMES_H_
#define OVENBIRD_RUNTIME_REWRITE_CACHE_NAMES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the layers of COPY come from the cache, too.
bool CachesCopies(const Site& site);

// Puts a hash of the names into a source, as a folder that `..` leaves again:
// the executor cleans the path, but its cache key has the path as written.
void AddNames(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CACHE_NAMES_H_
