// Of a build context only what the Dockerfile's COPY and ADD take has to be
// sent.
#ifndef OVENBIRD_RUNTIME_CONTEXT_NEEDED_H_
#define OVENBIRD_RUNTIME_CONTEXT_NEEDED_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/ignore.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::context {

struct Needed {
  // One for each entry of the listing.
  std::vector<bool> keep;
  // The first source that takes everything; null: none does.
  const dockerfile::Source* everything = nullptr;
  // Sources that no entry matches.
  std::vector<const dockerfile::Source*> missing;
};

// Entries that a source names or matches, all below them, and where symlinks
// on the way lead. Rather too much than too little. `sources` must outlive the
// result.
Needed FindNeeded(const Listing& listing,
                  const std::vector<dockerfile::Source>& sources);

// Says of each missing source that COPY or ADD requires whether the ignore file
// leaves it out or it is not there at all. Looks at the disk.
void ReportMissing(const Needed& needed, const Listing& listing,
                   const IgnoreFile& ignore, diag::Sink& sink);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_NEEDED_H_
