// Folders that other users cannot enter: the cache, the state, one in memory.
#ifndef OVENBIRD_RUNTIME_BASE_PRIVATE_FOLDER_H_
#define OVENBIRD_RUNTIME_BASE_PRIVATE_FOLDER_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ovenbird {

// Creates the folder `path`, and those above it that are missing; other users
// cannot enter the folders that it creates.
absl::Status MakePrivateFolder(const std::string& path);

// Returns kPermissionDenied unless `path` is a folder, not a symlink to one,
// that belongs to `user` and that no other user can enter.
absl::Status CheckPrivateFolder(const std::string& path, uid_t user);

// Returns $XDG_CACHE_HOME/ovenbird, or ~/.cache/ovenbird, or
// $TMPDIR/ovenbird-UID; creates it if it is missing. Other users cannot enter
// it, because its content is trusted, and its images have setuid files. $TMPDIR
// is shared, so its folder must pass CheckPrivateFolder.
absl::StatusOr<std::string> CacheFolder();

// Returns $XDG_STATE_HOME/ovenbird, or ~/.local/state/ovenbird, or
// $TMPDIR/ovenbird-UID, by the same rules: for what is not in a project because
// its repository could bring its own.
absl::StatusOr<std::string> StateFolder();

// Returns a folder in memory, for secrets; creates it if it is missing. It
// passes CheckPrivateFolder. kUnavailable: this machine has none.
absl::StatusOr<std::string> MemoryFolder();

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_PRIVATE_FOLDER_H_
