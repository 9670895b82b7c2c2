// USER on executors that add a group to its value.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_USER_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_USER_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports that the image's config gets a group that USER does not name. Applies
// only to the USER that the image ends with.
void ReportStoredGroup(const Site& site, Draft& draft);

// Reports that a RUN does not have the primary group of the base image's user.
// Applies only to the first RUN of a stage.
void ReportGroupOfBase(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_USER_H_
