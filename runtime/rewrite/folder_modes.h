// Folders copied without their own mode and owner, which BuildKit does not copy
// and kaniko does.
#ifndef OVENBIRD_RUNTIME_REWRITE_FOLDER_MODES_H_
#define OVENBIRD_RUNTIME_REWRITE_FOLDER_MODES_H_

#include <vector>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the instructions to send in place of `sent`, a COPY of `sources`;
// `sent` itself if no folder would give its mode and owner to the target.
std::vector<dockerfile::Instruction> WithoutFolderModes(
    const Site& site, const ContextTree& tree, const CopySources& sources,
    const dockerfile::Instruction& sent, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FOLDER_MODES_H_
