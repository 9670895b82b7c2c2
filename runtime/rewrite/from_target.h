// COPY --from of a stage: the executor gives the target folder the owner and
// mode of its source, new folders above a file the owner of the file,
// and no new folder those of --chown and --chmod.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_TARGET_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_TARGET_H_

#include <string>

#include "runtime/base/source_file.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// The sources of a COPY --from, as far as they are known.
struct FromSources {
  // A folder whose owner is not root or whose mode is not 0755, and a file
  // whose owner is not root; "": none is known.
  std::string folder;
  std::string file;
  // The words that name them.
  Span folder_span;
  Span file_span;
  // There may be such folders and files.
  bool may_have_folder = false;
  bool may_have_file = false;
  // Some source is a folder, or may be one by the look of its name.
  bool may_be_folder = false;
  // Each source is certainly a folder, or certainly a file.
  bool all_folders = true;
  bool all_files = true;
  // Some source has a wildcard.
  bool has_wildcard = false;
};

// Adds instructions that create the target's missing folders before the COPY,
// and that restore the target folder's owner and mode after it. Reports a
// difference where neither is possible.
void KeepTarget(const Site& site, const FromSources& sources, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_TARGET_H_
