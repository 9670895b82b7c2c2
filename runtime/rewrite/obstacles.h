// What files from the build context find in the image where they go: symlinks
// that the executor would write through, files in the place of folders.
#ifndef OVENBIRD_RUNTIME_REWRITE_OBSTACLES_H_
#define OVENBIRD_RUNTIME_REWRITE_OBSTACLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns instructions that put an empty file at each of the absolute paths,
// also in place of a symlink; none for no path.
std::vector<dockerfile::Instruction> ReplaceByEmptyFiles(
    const std::vector<std::string>& paths, Draft& draft);

// Sets `sources.whole_path` for a COPY with --link where folders of the image
// are on its way: --link makes its own. Returns what to send before it.
std::vector<dockerfile::Instruction> MakeIndependent(
    const Site& site, const ContextTree& tree,
    const dockerfile::Instruction& copy, CopySources& sources, Draft& draft);

// Returns what to send before a COPY or ADD of `sources`, so that files take
// the place of symlinks, and of one of several names of a file. Reports what
// other builders refuse.
std::vector<dockerfile::Instruction> MakeWay(
    const Site& site, const ContextTree& tree, const CopySources& sources,
    const dockerfile::Instruction& copy, Draft& draft);

// Returns the target with its symlinks followed if the executor cannot follow
// them, because one leads to nothing; else nullopt.
std::optional<std::string> FollowDangling(const Site& site,
                                          const std::string& target);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OBSTACLES_H_
