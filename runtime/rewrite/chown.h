// COPY --chown and ADD --chown.
#ifndef OVENBIRD_RUNTIME_REWRITE_CHOWN_H_
#define OVENBIRD_RUNTIME_REWRITE_CHOWN_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Writes out the owner or the group that is left out: root for `:group`, and
// the user's primary group where a RUN of the stage tells which one that is.
void RewriteChown(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CHOWN_H_
