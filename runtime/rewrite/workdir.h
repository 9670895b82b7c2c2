// WORKDIR: the folder that it creates belongs to the user that BuildKit gives
// it to.
#ifndef OVENBIRD_RUNTIME_REWRITE_WORKDIR_H_
#define OVENBIRD_RUNTIME_REWRITE_WORKDIR_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Keeps the base image's folder for a WORKDIR in a stage without RUN, COPY and
// ADD, where the executor would create it anew: with the cache, those whose
// layers come from there do not count. Reports a WORKDIR that names a file.
void KeepFolder(const Site& site, Draft& draft);

// The same for the folders above a VOLUME, with the cache.
void KeepFoldersOfVolume(const Site& site, Draft& draft);

// Lets WORKDIR create each missing folder for the numbers of the user and the
// group. Reports a user that the executor does not find.
void RewriteWorkdir(const Site& site, Draft& draft);

// Creates the folder of WORKDIR again before a RUN if the RUN before has
// deleted it.
void RestoreWorkdir(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_WORKDIR_H_
