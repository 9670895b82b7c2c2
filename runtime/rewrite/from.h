// COPY --from=STAGE: what the executor loses of another stage's files.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Keeps the setuid and setgid bits that the stage's RUN lines show, and follows
// the symlinks that they show: a RUN at the end of that stage copies those
// files to a folder of our own. Reports what is lost otherwise.
void RewriteCopyFrom(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_H_
