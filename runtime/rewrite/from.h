// COPY --from: what the executor loses of the files of another stage.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Keeps the setuid and setgid bits that the stage's RUN lines set, and follows
// the symlinks that they create: a RUN at the end of that stage copies those
// files to a folder of our own. Creates named pipes and hard links again, and
// reports what is lost otherwise. Passes `--from` of an image on to
// RewriteCopyFromImage.
void RewriteCopyFrom(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_H_
