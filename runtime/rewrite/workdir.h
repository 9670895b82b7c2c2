// WORKDIR: the folder that it makes belongs to the user that BuildKit gives it
// to.
#ifndef OVENBIRD_RUNTIME_REWRITE_WORKDIR_H_
#define OVENBIRD_RUNTIME_REWRITE_WORKDIR_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// WORKDIR in a stage without RUN, COPY and ADD: keeps the base image's folder,
// which the executor would make anew. Reports a file in its place.
void KeepFolder(const Site& site, Draft& draft);

// WORKDIR: makes each missing folder for the user's own numbers. Reports a
// user that the executor does not find.
void RewriteWorkdir(const Site& site, Draft& draft);

// RUN: makes the folder of WORKDIR again if the RUN before has deleted it.
void RestoreWorkdir(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_WORKDIR_H_
