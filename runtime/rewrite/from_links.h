// COPY --from of a stage: symlinks and hard links.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_LINKS_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_LINKS_H_

#include "runtime/rewrite/from_copy.h"

namespace ovenbird::rewrite {

// Replaces a source that is a symlink of the context by its target.
void FollowCopiedLink(FromCopy& copy);

// Replaces a source that is, or goes through, a symlink of the stage's base
// image or of an `ln -s` by what it leads to.
void FollowLinkOfStage(FromCopy& copy);

// Follows the symlinks that a source names: BuildKit copies what they lead to;
// links below it stay links. Reports what cannot be followed.
void FollowLinks(FromCopy& copy);

// Links the files again that the stage has as hard links, or reports them.
void RemakeLinks(FromCopy& copy);

// Returns whether there are symlinks below the source.
bool HoldsLinks(const FromCopy& copy);

// Gives symlinks their owner again, or reports it: the executor makes root the
// owner of every symlink.
void KeepLinkOwners(FromCopy& copy);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_LINKS_H_
