// COPY --from of a stage: what the executor loses, and RUN makes again.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// The mode and the owner of a folder.
struct FolderMode {
  uint16_t mode = 0755;
  uint32_t user = 0;
  uint32_t group = 0;
};

// Returns what the target folder has after a COPY: what it had before, or the
// usual; nullopt: not known. `link`: as COPY --link makes it.
std::optional<FolderMode> TargetFolderOf(const Site& site,
                                         const std::string& path, bool link);

// Returns a command that makes the named pipe of a stage at `arrival`; "": its
// owner or mode may be unusual.
std::string RemakePipe(const StageState& stage, const std::string& pipe,
                       const std::string& arrival);

// Returns a command that links two equal files.
std::string Relink(const std::string& one, const std::string& other);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_
