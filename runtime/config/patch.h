// JSON Patch (RFC 6902) on the located tree, as DevSpace 4.11's profiles use
// it.
#ifndef OVENBIRD_RUNTIME_CONFIG_PATCH_H_
#define OVENBIRD_RUNTIME_CONFIG_PATCH_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// The profile that a patch belongs to, for origins and messages.
struct PatchAuthor {
  std::string name;  // "profile `production`"
  Span span;
};

// Returns whether a profile cannot change this top-level key: DevSpace removes
// `vars`, `profiles` and `commands` before it applies one.
bool IsOutsideOfProfiles(absl::string_view section);

// Returns `root` changed by `patch` (op, path, value, from): a new tree that
// shares the rest. Values keep their spans, in the patch if they come from it.
// A patch that cannot be applied is reported at its own token, and `root` is
// returned. A patch without op or path, or with an unknown op, is ignored:
// decoding `profiles` reports these.
//
// add      sets a key, inserts before an index, appends at `-`; a path without
//          leading `/` that leads to a list appends to it
// remove   removes a value, which must exist
// replace  sets a value, which must exist
// copy     sets, overwrites at an index, appends at `-` or after the last item
// move     removes the source, then does the same as copy
// test     is an error if the value is another one
const yaml::Node* ApplyPatch(const yaml::Node& root, const yaml::Node& patch,
                             const PatchAuthor& author, yaml::Arena& arena,
                             diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_PATCH_H_
