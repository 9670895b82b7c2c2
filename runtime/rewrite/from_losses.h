// COPY --from of a stage: what the executor loses and no rule keeps.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_LOSSES_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_LOSSES_H_

#include "runtime/rewrite/from_copy.h"

namespace ovenbird::rewrite {

// Reports flags that the executor refuses or ignores.
void ReportFlags(const FromCopy& copy);

// Reports the whole file system as a source: an error, because old executors
// copy /dev/zero, too, until the disk of the node is full.
void RefuseTop(const FromCopy& copy);

// Reports capabilities that the stage sets.
void ReportLost(const FromCopy& copy);

// Reports capabilities of files of the base image, where programs are. May read
// it.
void ReportCapabilityOfBase(const FromCopy& copy);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_LOSSES_H_
