// Files that a RUN sees and the stage's image does not have: the executor's
// own, and those that it unpacks although an upper layer hides them.
#ifndef OVENBIRD_RUNTIME_REWRITE_UNPACKED_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_UNPACKED_FILES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// RUN that looks at /etc/nsswitch.conf: deletes the executor's first, where the
// base image has none.
void HideNsswitch(const Site& site, Draft& draft);

// RUN that looks through folders: first deletes what opaque folders of the base
// image's layers hide there.
void DeleteHidden(const Site& site, Draft& draft);

// COPY --from of a stage: deletes them in that stage if they are copied.
void DeleteHiddenOfStage(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_UNPACKED_FILES_H_
