// Lists the files of a build context.
#ifndef OVENBIRD_RUNTIME_CONTEXT_WALK_H_
#define OVENBIRD_RUNTIME_CONTEXT_WALK_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/context/ignore.h"
#include "runtime/context/listing.h"

namespace ovenbird::context {

// Which files are left out of the listing, and a callback for them.
struct WalkOptions {
  // The rules; null: nothing is ignored. Needed during the call only.
  const Ignore* ignore = nullptr;
  // Gets each ignored path and the rule; for an ignored folder only the folder
  // (unless a rule may take in something below it).
  std::function<void(absl::string_view path, EntryType type, int rule)>
      on_ignored;
};

// The files of a folder.
struct WalkResult {
  explicit WalkResult(Listing files) : listing(std::move(files)) {}

  Listing listing;
  // Special files, "named pipe `a/b`", in order. They are left out, because
  // kaniko's COPY of a named pipe never ends.
  std::vector<std::string> skipped;
};

// Lists the folder `root`. Symlinks are listed, not followed (except `root`
// itself). Folders named `.ovenbird` or `.devspace` are left out: builds write
// to them. Everything that would have to be sent must be readable:
// kPermissionDenied names the first path that is not. kNotFound and
// kFailedPrecondition if `root` is missing or not a folder, or a folder is
// nested too deeply.
absl::StatusOr<WalkResult> Walk(const std::string& root,
                                const WalkOptions& options = {});

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_WALK_H_
