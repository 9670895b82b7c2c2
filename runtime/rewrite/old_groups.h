// The groups that a user is a member of, next to the primary one.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_GROUPS_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_GROUPS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a RUN that lists its groups, or that writes to a folder that only one
// of the other groups gives access to: old executors run it with none of them.
void ReportOtherGroups(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_GROUPS_H_
