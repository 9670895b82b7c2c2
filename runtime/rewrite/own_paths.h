// Paths of an image that the executor keeps for itself while it builds.
#ifndef OVENBIRD_RUNTIME_REWRITE_OWN_PATHS_H_
#define OVENBIRD_RUNTIME_REWRITE_OWN_PATHS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a RUN that changes or lists such a path, since the executor compares
// nothing below it with the image; and COPY and ADD to /etc/mtab.
void ReportOwnPaths(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OWN_PATHS_H_
