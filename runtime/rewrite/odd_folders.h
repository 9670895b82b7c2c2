// Folders whose paths do not match themselves as patterns (see MissesItself):
// executors copy such a folder of another stage without its files.
#ifndef OVENBIRD_RUNTIME_REWRITE_ODD_FOLDERS_H_
#define OVENBIRD_RUNTIME_REWRITE_ODD_FOLDERS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// The folders that a source of COPY --from may take.
struct OddFolders {
  // The path of one that the stage has from the build context; "": none.
  std::string found;
  // A RUN may have made one with the name of a folder of the build context.
  bool may_be_made = false;
};

// Returns which of these folders `source`, an absolute and clean path, matches
// in a stage that ends as `end`. `listing` is the build context; null: unknown.
OddFolders FindOddFolders(const context::Listing* listing,
                          const StageState& end, const std::string& source);

// Returns the commands that copy what the shell's `patterns` match into
// `folder`, which they make: files by their names, folders with other names.
// They never fail.
std::string CopyWithPlainNames(const std::vector<std::string>& patterns,
                               absl::string_view folder);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ODD_FOLDERS_H_
