// Files that a RUN sees although the stage's image does not have them: the
// executor's own, and those that it unpacks although an upper layer hides them.
#ifndef OVENBIRD_RUNTIME_REWRITE_UNPACKED_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_UNPACKED_FILES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Deletes the executor's /etc/nsswitch.conf before a RUN of the first stage
// that reads it, if the base image has none; reports a RUN that no command can
// be put in front of.
void HideNsswitch(const Site& site, Draft& draft);

// Deletes what opaque folders of the base image's layers hide before a RUN that
// lists the folders around it, or reports the RUN.
void DeleteHidden(const Site& site, Draft& draft);

// Deletes what opaque folders of the base image hide at the end of the stage
// that a COPY --from takes it from, or reports the COPY.
void DeleteHiddenOfStage(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_UNPACKED_FILES_H_
