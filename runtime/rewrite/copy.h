// COPY and ADD from the build context, rewritten so that the executor puts into
// the image what BuildKit puts there.
//
// Two techniques are needed. A folder of our own in the context (kOwnFolder)
// holds the sources as they have to arrive: symlinks followed, exclusions left
// out, modes set. A door (runtime/context/door.h) names the context by another
// path: what the ignore file hides below a door is not what it hides in `COPY
// .`. The door keeps our folder out of `COPY .`, and it lets a folder be copied
// without its own mode and owner, which BuildKit does not copy and kaniko does.
#ifndef OVENBIRD_RUNTIME_REWRITE_COPY_H_
#define OVENBIRD_RUNTIME_REWRITE_COPY_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Rewrites COPY and ADD without `--from`. Does nothing if the context's files
// are unknown.
void RewriteCopy(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_COPY_H_
