// Paths of an image that the executor reserves for itself during the build.
#ifndef OVENBIRD_RUNTIME_REWRITE_OWN_PATHS_H_
#define OVENBIRD_RUNTIME_REWRITE_OWN_PATHS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a RUN that changes or lists such a path, because the executor ignores
// changes below it, COPY and ADD to such a path, and COPY --from of a stage's
// /etc.
void ReportOwnPaths(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OWN_PATHS_H_
