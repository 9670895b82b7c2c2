// COPY of the user's `.dockerignore`, where the executor's ignore file takes
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

// Returns whether a source names the ignore file, which then has to come from a
// folder of our own; records the reason.
bool NamesMovedIgnoreFile(const Site& site, const CopySources& sources,
                          Draft& draft);

// Appends a COPY of the ignore file to `sent` if `copy` takes the whole
// context.
void AddMovedIgnoreFile(const Site& site, const ContextTree& tree,
                        const CopySources& sources,
                        const dockerfile::Instruction& copy, Draft& draft,
                        std::vector<dockerfile::Instruction>& sent);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MOVED_IGNORE_FILE_H_
