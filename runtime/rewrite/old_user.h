// USER on executors that add a group to it.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_USER_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_USER_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// USER: reports that the image's config gets a group that the Dockerfile does
// not name. Only for the USER that the image ends with.
void ReportStoredGroup(const Site& site, Draft& draft);

// RUN: reports that it does not have the primary group of the base image's
// user. Only for the first RUN of a stage.
void ReportGroupOfBase(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_USER_H_
