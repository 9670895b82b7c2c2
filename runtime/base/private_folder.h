// Folders that other users cannot enter, and the cache.
#ifndef OVENBIRD_RUNTIME_BASE_PRIVATE_FOLDER_H_
#define OVENBIRD_RUNTIME_BASE_PRIVATE_FOLDER_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ovenbird {

// Makes the folder `path`, and those above it that are missing; other users
// cannot enter those that it makes.
absl::Status MakePrivateFolder(const std::string& path);

// Returns kPermissionDenied unless `path` is a folder, and no link to one, that
// belongs to `user` and that no other user can enter.
absl::Status CheckPrivateFolder(const std::string& path, uid_t user);

// Returns $XDG_CACHE_HOME/ovenbird, else ~/.cache/ovenbird, else
// $TMPDIR/ovenbird-UID; made if it is missing. Other users cannot enter it:
// what is in it is trusted, and its images have setuid files. $TMPDIR is
// shared, so its folder has to pass CheckPrivateFolder.
absl::StatusOr<std::string> CacheFolder();

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_PRIVATE_FOLDER_H_
