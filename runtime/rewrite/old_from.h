// Owners of files that COPY --from takes, on old executors.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_FROM_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_FROM_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a COPY --from without --chown of files that root does not own: old
// executors give files of a stage to root, and the content of an image's folder
// to that folder's owner.
void ReportLostOwners(const Site& site, Draft& draft);

// Reports a COPY or ADD with --chown that has to create folders for its target,
// where WriteOutNumbers() does not help: old executors create them for root.
void ReportOwnersOfNewFolders(const Site& site, Draft& draft);

// Writes the names in --chown of a COPY from the context as numbers where the
// executor creates folders for the target, or does not know the group's number:
// the files are sent with their owner then.
void WriteOutNumbers(const Site& site, Draft& draft);

// Reports ADD --chown of a URL with numbers that the executor refuses.
void ReportNumbers(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_FROM_H_
