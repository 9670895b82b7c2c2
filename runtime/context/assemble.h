// A build context as the executor gets it: the project's files less the
// ignored and the unneeded ones, the Dockerfile where kaniko looks for it, and
// an ignore file of our own that keeps kaniko from copying what Docker would
// not copy. The user's ignore file has been applied, and kaniko must not do it
// again: it reads some rules otherwise, and leaves what they match out of its
// cache keys, even in COPY --from.
#ifndef OVENBIRD_RUNTIME_CONTEXT_ASSEMBLE_H_
#define OVENBIRD_RUNTIME_CONTEXT_ASSEMBLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/context/ignore.h"
#include "runtime/context/listing.h"
#include "runtime/context/needed.h"
#include "runtime/context/tar.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::context {

// A folder as it was found; serves all images that are built from it with the
// same ignore file.
struct Folder {
  Listing listing;
  IgnoreFile ignore;
  // For the user: what is left out although no rule says so.
  std::vector<std::string> warnings;
};

// `dockerfile`: path on the disk, for its own ignore file. Diagnostics point
// into the result's ignore file; there are none after an error.
absl::StatusOr<Folder> OpenFolder(const std::string& root,
                                  absl::string_view dockerfile,
                                  diag::Sink& sink);

struct AssembleOptions {
  // Where the Dockerfile is on the disk; in the folder or elsewhere.
  std::string dockerfile;
  // Its name at the top of the context, and its text there.
  std::string dockerfile_name;
  std::string dockerfile_text;
  // More files (the restart helper). COPY sees them, whatever is ignored.
  std::vector<MemoryFile> files;
  // What the Dockerfile takes; null: everything is sent.
  const std::vector<dockerfile::Source>* sources = nullptr;
  // Folders of the context, "" for its top, that COPY takes by way of doors and
  // without their own mode and owner.
  std::vector<std::string> content_only;
  // Docker's daemon reads `.dockerignore` alone; kaniko reads the Dockerfile's
  // own ignore file first.
  bool for_docker = false;
  // Old kaniko knows the context's `.dockerignore` only.
  bool ignore_at_top = false;
};

struct Assembled {
  Listing listing;
  std::vector<MemoryFile> files;
  // Why all files are sent, or "".
  std::string everything_because;
};

// Sources that are missing or ignored go to `sink`.
Assembled Assemble(const Folder& folder, const AssembleOptions& options,
                   diag::Sink& sink);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_ASSEMBLE_H_
