// ADD of packed files from the build context.
#ifndef OVENBIRD_RUNTIME_REWRITE_ADD_H_
#define OVENBIRD_RUNTIME_REWRITE_ADD_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Sends what BuildKit copies as COPY, and what the executor cannot unpack as a
// plain tar. Comes before RewriteCopy.
void RewriteAdd(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ADD_H_
