// Owners of files that COPY --from takes.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_FROM_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_FROM_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a COPY --from without --chown of files that are not root's: old
// executors give what comes from a stage to root, and what is in a folder of
// an image to the folder's owner.
void ReportLostOwners(const Site& site, Draft& draft);

// Reports a COPY --from with --chown that has to make folders for its target:
// old executors make them for root.
void ReportOwnersOfNewFolders(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_FROM_H_
