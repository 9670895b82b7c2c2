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

// Who patches: for origins and messages.
struct PatchAuthor {
  std::string name;  // "profile `production`"
  Span span;
};

// True for the sections that a profile can't change: DevSpace takes them away
// before it applies one.
bool IsOutsideOfProfiles(absl::string_view section);

// `root` changed by `patch` (op, path, value, from): a new tree that shares the
// rest. Values keep their places: those of the patch where they come from it.
// What can't be applied is reported at the patch's own token, and `root` is the
// result. A patch without op or path, or with an unknown op, is passed over:
// decoding the `profiles` section reports these.
//
// add      sets a key, inserts before an index, appends at `-`; a path without
//          leading `/` that leads to a list appends to it
// remove   takes away what must be there
// replace  sets what must be there
// copy     sets, overwrites at an index, appends at `-` or behind the last item
// move     the same, and takes the source away before
// test     is an error when the value is another one
const yaml::Node* ApplyPatch(const yaml::Node& root, const yaml::Node& patch,
                             const PatchAuthor& author, yaml::Arena& arena,
                             diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_PATCH_H_
