// New folders that the executor makes with another owner or mode than BuildKit,
// or does not see as new.
#ifndef OVENBIRD_RUNTIME_REWRITE_NEW_FOLDERS_H_
#define OVENBIRD_RUNTIME_REWRITE_NEW_FOLDERS_H_

#include <optional>
#include <string>

#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the folder as BuildKit creates it at the path (absolute and clean)
// without flags. nullopt: it exists already, or the executor makes the same
// one, or it is unknown. May read the base image.
std::optional<ImageFile> OddNewFolder(const Site& site,
                                      const std::string& path);

// Adds instructions that put right the folders that COPY, ADD and WORKDIR
// create: below a setgid folder they get the bit and the group, and where the
// executor has a folder of its own, e.g. /tmp, they have its owner and mode.
void KeepNewFolders(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_NEW_FOLDERS_H_
