// Symlinks in what a COPY takes, which old executors' cache does not see.
#ifndef OVENBIRD_RUNTIME_REWRITE_LINK_NAMES_H_
#define OVENBIRD_RUNTIME_REWRITE_LINK_NAMES_H_

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Has `sent` change its text with the targets of the symlinks: they are not a
// part of the cache's key, and the text is.
void NameLinks(const Site& site, const ContextTree& tree,
               const CopySources& sources, Draft& draft,
               dockerfile::Instruction& sent);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_LINK_NAMES_H_
