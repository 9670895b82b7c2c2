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

struct WalkOptions {
  // Null: nothing is ignored. Must live through the call only.
  const Ignore* ignore = nullptr;
  // Is told each ignored path, of an ignored folder the folder alone (unless
  // a rule takes something below it in), and the rule.
  std::function<void(absl::string_view path, EntryType type, int rule)>
      on_ignored;
};

struct WalkResult {
  explicit WalkResult(Listing files) : listing(std::move(files)) {}

  Listing listing;
  // Neither file, folder nor symlink: left out, because kaniko's COPY of a
  // named pipe never ends. "named pipe `a/b`", in order.
  std::vector<std::string> skipped;
};

// Symlinks are listed, not followed (except `root` itself). Folders named
// `.ovenbird` or `.devspace` are left out: they hold what builds write.
// Everything that would have to be sent must be readable: kPermissionDenied
// names the first that is not. kNotFound and kFailedPrecondition when `root` is
// missing or no folder.
absl::StatusOr<WalkResult> Walk(const std::string& root,
                                const WalkOptions& options = {});

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_WALK_H_
