// Symlinks in the folders that a COPY takes, which the cache of old executors
// ignores.
#ifndef OVENBIRD_RUNTIME_REWRITE_LINK_NAMES_H_
#define OVENBIRD_RUNTIME_REWRITE_LINK_NAMES_H_

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Puts a hash of the symlinks' targets into the first source of `sent`: the
// targets are not a part of the cache key, but the instruction as written is.
void NameLinks(const Site& site, const ContextTree& tree,
               const CopySources& sources, Draft& draft,
               dockerfile::Instruction& sent);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_LINK_NAMES_H_
