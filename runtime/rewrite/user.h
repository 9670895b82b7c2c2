// USER and the instructions that depend on it.
#ifndef OVENBIRD_RUNTIME_REWRITE_USER_H_
#define OVENBIRD_RUNTIME_REWRITE_USER_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Expands a variable in USER, because executors cut the value at its first
// colon.
void WriteOutUser(const Site& site, Draft& draft);

// Reports that RUN fails after a USER with a number that no user of the image
// has.
void ReportNumber(const Site& site, Draft& draft);

// Reports that RUN does not have the group of USER, also where USER is a number
// that no user has.
void ReportGroup(const Site& site, Draft& draft);

// Removes the flags of RUN that change nothing in the executor's container:
// `--network=default`, `--network=host` and `--security`.
void DropDefaultFlags(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_USER_H_
