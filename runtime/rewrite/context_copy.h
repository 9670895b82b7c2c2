// What a COPY of the build context takes, by path: for files that need more
// than COPY.
#ifndef OVENBIRD_RUNTIME_REWRITE_CONTEXT_COPY_H_
#define OVENBIRD_RUNTIME_REWRITE_CONTEXT_COPY_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A source of COPY or ADD in the context.
struct ContextSource {
  std::string path;  // absolute, in the context; may have wildcards
  const dockerfile::Word* word = nullptr;
};

// Returns the sources whose value is known; empty for `--from` and for
// here-documents.
std::vector<ContextSource> ContextSourcesOf(
    const Site& site, const dockerfile::Instruction& copy);

// Returns where a path of the context arrives that the source takes by a folder
// or by a wildcard; nullopt: not known.
std::optional<std::string> ArrivalOf(const Site& site,
                                     const dockerfile::Instruction& copy,
                                     const ContextSource& source,
                                     const std::string& path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CONTEXT_COPY_H_
