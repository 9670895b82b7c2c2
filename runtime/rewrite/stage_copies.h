// What the COPY and ADD lines of a stage bring from the build context, as far
// as it is known without building the stage.
#ifndef OVENBIRD_RUNTIME_REWRITE_STAGE_COPIES_H_
#define OVENBIRD_RUNTIME_REWRITE_STAGE_COPIES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "runtime/context/listing.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A file of the build context in a stage.
struct BroughtFile {
  context::EntryType type = context::EntryType::kFile;
  uint16_t mode = 0;
  // The value of --chown; "": root.
  std::string owner{};
  // Its path in the context; "" for a folder that a COPY creates as its target.
  std::string source{};
  std::string link_target{};  // of a symlink
};

// What a source of COPY --from matches in a stage.
struct StageCopies {
  // What the source matches itself, and everything below, by path in the stage.
  std::map<std::string, BroughtFile> files;
  // Some files that the source matches may have another owner than root, or, if
  // they are folders, another mode than 0755: RUN and USER hide it.
  bool may_be_special = false;
};

// Reads the changes of a stage. `source`: absolute and clean; may have
// wildcards. `listing`: the build context; null: unknown.
StageCopies FindStageCopies(const StageState& stage,
                            const context::Listing* listing,
                            const std::string& source);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_STAGE_COPIES_H_
