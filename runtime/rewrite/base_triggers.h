// ONBUILD instructions of the base image.
#ifndef OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_
#define OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Start of a stage: reports that the executor does not find a stage of this
// file that ONBUILD of the base image copies from by name.
void ReportTriggersFrom(const Site& site);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_
