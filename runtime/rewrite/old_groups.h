// The supplementary groups of a user.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_GROUPS_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_GROUPS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports a RUN that lists its groups, or that writes to a folder to which only
// a supplementary group gives access: old executors run it without those
// groups.
void ReportOtherGroups(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_GROUPS_H_
