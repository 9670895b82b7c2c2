// The paths that a COPY takes from the build context and where they arrive, for
// rules about files that COPY alone does not copy correctly.
#ifndef OVENBIRD_RUNTIME_REWRITE_CONTEXT_COPY_H_
#define OVENBIRD_RUNTIME_REWRITE_CONTEXT_COPY_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A source of COPY or ADD in the build context.
struct ContextSource {
  std::string path;  // absolute, in the context; may have wildcards
  const dockerfile::Word* word = nullptr;
};

// Returns the sources whose value is known, without downloads; empty for
// `--from` and for here-documents.
std::vector<ContextSource> ContextSourcesOf(
    const Site& site, const dockerfile::Instruction& copy);

// Returns the path in the image for a path of the context (absolute) that the
// source takes as part of a folder or by a wildcard; nullopt: not taken, or
// unknown.
std::optional<std::string> ArrivalOf(const Site& site,
                                     const dockerfile::Instruction& copy,
                                     const ContextSource& source,
                                     const std::string& path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CONTEXT_COPY_H_
