// COPY --from of a stage: commands of RUN that create again what the executor
// loses.
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

// Returns the mode and owner of the target folder after a COPY: those from
// before, or 0755 and root if the folder is new; nullopt: unknown. `link`: the
// COPY has --link.
std::optional<FolderMode> TargetFolderOf(const Site& site,
                                         const std::string& path, bool link);

// Returns a command that creates the named pipe of a stage at `arrival`; "" if
// its owner or mode may be unusual.
std::string RemakePipe(const StageState& stage, const std::string& pipe,
                       const std::string& arrival);

// Returns a command that links two files if they are equal. It needs the
// programs of Touch(), cmp and ln.
std::string Relink(const std::string& one, const std::string& other);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_REMAKE_H_
