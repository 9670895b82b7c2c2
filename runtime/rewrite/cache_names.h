// Cache keys of COPY and ADD that know the names of files. An executor's key
// has the mode, owner and content of what is copied, but no names: after a
// rename, the next RUN would take a layer that was made with the old name.
#ifndef OVENBIRD_RUNTIME_REWRITE_CACHE_NAMES_H_
#define OVENBIRD_RUNTIME_REWRITE_CACHE_NAMES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Puts a hash of the names into a source, as a folder that `..` leaves again:
// the executor cleans the path, and its key has the text.
void AddNames(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CACHE_NAMES_H_
