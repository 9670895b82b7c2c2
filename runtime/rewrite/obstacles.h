// Files of the image that are in the way of files from the build context:
// symlinks that the executor would write through, and files where folders go.
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
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {

// Returns instructions that put an empty file at each of the absolute paths,
// also in place of a symlink; empty if `paths` is empty.
std::vector<dockerfile::Instruction> ReplaceByEmptyFiles(
    const std::vector<std::string>& paths, Draft& draft);

// Returns whether the COPY or ADD takes no account of the image's files: it has
// --link, which BuildKit ignores where there is a --chmod.
bool IsLinked(const dockerfile::Instruction& copy);

// Returns where a file that is copied to `path` meets a symlink, or a file that
// has another name: the executor would write through it. Where it is unknown
// what is there, it may still be what the base image has. nullopt: it meets
// none.
std::optional<std::string> ObstacleAt(const StageFiles& files,
                                      const std::string& path);

// Sets `sources.whole_path` for a COPY with --link if folders of the image are
// on its target's path, since --link creates its own folders. Returns the
// instructions to send before it.
std::vector<dockerfile::Instruction> MakeIndependent(
    const Site& site, const ContextTree& tree,
    const dockerfile::Instruction& copy, CopySources& sources, Draft& draft);

// Returns the instructions to send before a COPY or ADD of `sources`, so that
// files replace symlinks, and files with several names, instead of being
// written through them. Reports what other builders refuse.
std::vector<dockerfile::Instruction> MakeWay(
    const Site& site, const ContextTree& tree, const CopySources& sources,
    const dockerfile::Instruction& copy, Draft& draft);

// Returns the target with its symlinks followed if one of them leads to a
// missing path, because the executor fails there; else nullopt.
std::optional<std::string> FollowDangling(const Site& site,
                                          const std::string& target);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OBSTACLES_H_
