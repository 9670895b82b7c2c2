// Finds the part of a build context that the Dockerfile's COPY and ADD take:
// only that has to be sent.
#ifndef OVENBIRD_RUNTIME_CONTEXT_NEEDED_H_
#define OVENBIRD_RUNTIME_CONTEXT_NEEDED_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/ignore.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::context {

// The needed entries, and the sources that have none.
struct Needed {
  // One for each entry of the listing.
  std::vector<bool> keep;
  // The first source that takes everything; null if none does.
  const dockerfile::Source* everything = nullptr;
  // Sources that no entry matches.
  std::vector<const dockerfile::Source*> missing;
  // The folder of a pattern in `missing`, where no source takes anything from
  // it: BuildKit looks for the folder in what it gets.
  std::map<const dockerfile::Source*, std::string> unsent_folders;
};

// Marks the entries that a source names or matches, everything below them, and
// the targets of symlinks on the way. Errs on the side of sending too much.
// `sources` must outlive the result.
Needed FindNeeded(const Listing& listing,
                  const std::vector<dockerfile::Source>& sources);

// Reports each missing source that COPY or ADD requires: as ignored by a rule,
// or as missing in the folder, which is read again for this. Reports each
// optional pattern without a match: as a warning if `docker build` would fail,
// else as a note.
void ReportMissing(const Needed& needed, const Listing& listing,
                   const IgnoreFile& ignore, diag::Sink& sink);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_NEEDED_H_
