// Folders that are created below one that a stranger may have filled.
#ifndef OVENBIRD_RUNTIME_BASE_FOLDER_WITHOUT_LINKS_H_
#define OVENBIRD_RUNTIME_BASE_FOLDER_WITHOUT_LINKS_H_

#include <string>

#include "absl/status/status.h"

namespace ovenbird {

// Creates the folder `path` below the folder `root` (a cloned repository), with
// the folders in between. kFailedPrecondition: one of them is a symlink, which
// would lead what is written there to any place of this machine; a FileError if
// one cannot be created. Links in `root` itself are followed; an empty `root`
// is the working directory.
absl::Status MakeFolderWithoutLinks(const std::string& root,
                                    const std::string& path);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_FOLDER_WITHOUT_LINKS_H_
