// The folders of VOLUME, which executors make at the start of the stage when
// they look for layers in the cache.
#ifndef OVENBIRD_RUNTIME_REWRITE_EARLY_VOLUMES_H_
#define OVENBIRD_RUNTIME_REWRITE_EARLY_VOLUMES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Removes, at the start of the first RUN that names them, the folder of each
// VOLUME of the stage and those above it, unless the base image has them or
// something is in them: `mkdir` would fail, `mv` would move into them, and
// `useradd` would not give them to the user. May read the base image.
void RemoveEarlyVolumes(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_EARLY_VOLUMES_H_
