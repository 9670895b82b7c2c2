// What the volumes of RUN --mount change for other instructions: they are there
// during the whole build, and in all stages.
#ifndef OVENBIRD_RUNTIME_REWRITE_MOUNT_PATHS_H_
#define OVENBIRD_RUNTIME_REWRITE_MOUNT_PATHS_H_

#include <string>

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the stage has nothing at `path`, as far as that is known.
bool IsMissing(const Site& site, const std::string& path);

// Makes the folder of a WORKDIR that a mount point below it has made already,
// so that kaniko takes it into the image.
void MakeFolderAboveMount(const Site& site, Draft& draft);

// Reports a mount if this instruction uses its path and does not have it: once
// for each mount.
void ReportUsesOfMounts(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MOUNT_PATHS_H_
