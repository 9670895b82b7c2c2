// USER, and the instructions that depend on it.
#ifndef OVENBIRD_RUNTIME_REWRITE_USER_H_
#define OVENBIRD_RUNTIME_REWRITE_USER_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// USER with a variable: writes the value, because executors cut the text at its
// first colon.
void WriteOutUser(const Site& site, Draft& draft);

// USER with a number that no user has: reports that RUN fails.
void ReportNumber(const Site& site, Draft& draft);

// USER with a group, or with such a number: reports that RUN does not get it.
void ReportGroup(const Site& site, Draft& draft);

// RUN: drops the flags that only name the default.
void DropDefaultFlags(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_USER_H_
