// Files with capabilities that a RUN changes.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_CAPABILITIES_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_CAPABILITIES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a RUN that moves a file with capabilities of the base image, or that
// changes its mode or time: old executors put it into a layer without the
// capabilities.
void ReportChangedCapabilities(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_CAPABILITIES_H_
