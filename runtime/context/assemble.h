// A build context as the executor gets it: the project's files without the
// ignored and the unneeded ones, the Dockerfile where kaniko looks for it, and
// an ignore file of our own that keeps kaniko from copying what Docker would
// not copy. The user's ignore file has been applied, and kaniko must not do it
// again: it reads some rules differently, and omits what they match from its
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

// The content of a folder, for all images that are built from it with the same
// ignore file.
struct Folder {
  Listing listing;
  IgnoreFile ignore;
  // For the user: what is left out although no rule ignores it.
  std::vector<std::string> warnings;
};

// Lists the folder `root` with its ignore file. `dockerfile` is a path on the
// disk, for its own ignore file. Diagnostics point into the result's ignore
// file; none are reported after an error (an unreadable file or folder).
absl::StatusOr<Folder> OpenFolder(const std::string& root,
                                  absl::string_view dockerfile,
                                  diag::Sink& sink);

// What one image's build needs of a folder.
struct AssembleOptions {
  // The path of the Dockerfile on the disk, in the folder or elsewhere.
  std::string dockerfile;
  // Its name at the top of the context, and its text there.
  std::string dockerfile_name;
  std::string dockerfile_text;
  // More files (the restart helper). COPY sees them, whatever is ignored.
  std::vector<MemoryFile> files;
  // The sources of COPY and ADD; null: everything is sent.
  const std::vector<dockerfile::Source>* sources = nullptr;
  // Folders of the context, "" for its top, that COPY takes through doors and
  // without their own mode and owner.
  std::vector<std::string> content_only;
  // Docker's daemon reads `.dockerignore` alone; kaniko reads the Dockerfile's
  // own ignore file first.
  bool for_docker = false;
  // Old kaniko knows the context's `.dockerignore` only.
  bool ignore_at_top = false;
};

// The content of a build context: entries of the disk, and files in memory.
struct Assembled {
  Listing listing;
  std::vector<MemoryFile> files;
  // Why all files are sent; empty if unneeded ones are left out.
  std::string everything_because;
};

// Returns whether an executor that knows no other ignore file gets another
// `.dockerignore` than the context has: COPY would show that one. `dockerfile`
// is the path of the user's file, `name` the one that it is sent under.
bool ReplacesIgnoreFile(const Folder& folder, const std::string& dockerfile,
                        const std::string& name);

// Selects and adds files. Reports sources that are missing or ignored to
// `sink`.
Assembled Assemble(const Folder& folder, const AssembleOptions& options,
                   diag::Sink& sink);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_ASSEMBLE_H_
