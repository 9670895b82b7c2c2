// RUN --mount=type=bind of files at paths that the stage fills later.
#ifndef OVENBIRD_RUNTIME_REWRITE_COPIED_MOUNTS_H_
#define OVENBIRD_RUNTIME_REWRITE_COPIED_MOUNTS_H_

#include <vector>

#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether a later COPY or ADD of the stage may write to the target of
// `mount`, a file of the context, and the RUN can have a copy of the file
// instead of the mount: a volume would be in the way until the build ends.
bool IsCopiedForRun(const Site& site, const kube::RunMount& mount,
                    const dockerfile::Instruction& run);

// Makes the RUN copy these files to their targets before its command, and
// delete them after it, however it ends.
void CopyForRun(const std::vector<kube::RunMount>& mounts, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_COPIED_MOUNTS_H_
