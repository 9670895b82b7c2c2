// Paths of patches: `images.backend.tags[0]` or `/images/backend/tags/0`.
#ifndef OVENBIRD_RUNTIME_CONFIG_PATCH_PATH_H_
#define OVENBIRD_RUNTIME_CONFIG_PATCH_PATH_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::config {

// One step: a key, an index, `-` (after the last item), or `key=value`, which
// leads to each mapping at or below that has this pair.
struct PatchStep {
  std::string text;  // decoded: ~1 is /, ~0 is ~
  size_t begin;      // in the path
  size_t end;
};

// A parsed path.
struct PatchPath {
  std::vector<PatchStep> steps;  // at least one, none of them empty
  // Written with a leading `/` (JSON Pointer).
  bool is_pointer = false;
};

// A syntax error, with the bytes [begin, end) of the path that it is about.
struct PatchPathProblem {
  std::string text;  // empty: no problem
  size_t begin;
  size_t end;
};

// Parses a path into `path` and returns its first problem. A path without a
// leading `/` has its steps between `.`, `/` and brackets; `["a.b"]` and [a.b]
// are one step. With a leading `/` only `/` separates steps.
PatchPathProblem ParsePatchPath(absl::string_view text, PatchPath* path);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_PATCH_PATH_H_
