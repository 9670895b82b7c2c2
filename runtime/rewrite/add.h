// ADD of packed files from the build context.
#ifndef OVENBIRD_RUNTIME_REWRITE_ADD_H_
#define OVENBIRD_RUNTIME_REWRITE_ADD_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Sends as COPY what BuildKit copies without unpacking, and as a plain tar what
// the executor cannot unpack itself. Must run before RewriteCopy.
void RewriteAdd(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ADD_H_
