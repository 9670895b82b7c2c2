// The user's `.dockerignore` in a COPY, where the executor's ignore file takes
// its place in the context.
#ifndef OVENBIRD_RUNTIME_REWRITE_MOVED_IGNORE_FILE_H_
#define OVENBIRD_RUNTIME_REWRITE_MOVED_IGNORE_FILE_H_

#include <vector>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns true if a source names it: it has to come from a folder of ours.
bool NamesMovedIgnoreFile(const Site& site, const CopySources& sources,
                          Draft& draft);

// Adds a COPY of it to `sent` where `copy` takes the whole context.
void AddMovedIgnoreFile(const Site& site, const ContextTree& tree,
                        const CopySources& sources,
                        const dockerfile::Instruction& copy, Draft& draft,
                        std::vector<dockerfile::Instruction>& sent);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MOVED_IGNORE_FILE_H_
