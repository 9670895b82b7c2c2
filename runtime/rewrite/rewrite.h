// Rewrites a Dockerfile so that the given executor builds the image that
// BuildKit builds. Deterministic: the same Dockerfile, listing, executor and
// answers of the request's callbacks give the same bytes.
#ifndef OVENBIRD_RUNTIME_REWRITE_REWRITE_H_
#define OVENBIRD_RUNTIME_REWRITE_REWRITE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/context/tar.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A change of the Dockerfile, for `render --dockerfile`.
struct Change {
  // The user's instruction, or the stage that is not sent.
  Span span;
  // The lines that are sent in its place; empty: none.
  std::string text;
  // Where they begin in Rewritten::text.
  size_t begin = 0;
  std::vector<std::string> reasons;
};

// A Dockerfile as it is sent to the executor.
struct Rewritten {
  // The user's text byte for byte when there are no changes.
  std::string text;
  // In the order of the file.
  std::vector<Change> changes;
  // For each line of `text` the line of the user's file that it comes from,
  // from 1 on.
  std::vector<int> origins;
  // Files that the changed instructions take from the context in addition.
  std::vector<context::MemoryFile> files;
  // As in Draft::content_only.
  std::vector<std::string> content_only;
  // Volumes that the executor's container needs.
  std::vector<kube::RunMount> run_mounts;
  // `--target` for the executor; empty: the last stage.
  std::string target;
};

// Returns the Dockerfile to send. Reports to `sink`, at the instruction, where
// the executor's image differs from BuildKit's and no rewriting helps.
Rewritten Rewrite(const Request& request, diag::Sink& sink);

// Returns `sent`, which is `rewritten.text` and what follows it, with the
// reasons of each change in a comment before it.
std::string Explained(const Rewritten& rewritten, absl::string_view sent);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_REWRITE_H_
