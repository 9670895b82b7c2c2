// COPY --from: what the executor loses of another stage's files. It cannot be
// written out, since their modes are not known before the stage is built.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports bits and owners that the stage's RUN lines set, as far as they show.
void ReportFrom(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_H_
