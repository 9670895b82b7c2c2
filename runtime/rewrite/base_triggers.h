// ONBUILD instructions of the base image.
#ifndef OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_
#define OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports, at the start of a stage, that the executor does not find a stage of
// this file from which an ONBUILD instruction of the base image copies by name.
void ReportTriggersFrom(const Site& site);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_
