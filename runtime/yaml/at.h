// Diagnostics about nodes, which show where the node's value came from.
#ifndef OVENBIRD_RUNTIME_YAML_AT_H_
#define OVENBIRD_RUNTIME_YAML_AT_H_

#include "absl/strings/string_view.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// Returns `diagnostic`, which is about `node`, with the anchored value of an
// alias as a label and each origin (variable, profile) as a note:
//   sink.Handle(At(node, diag::UnknownValue(node.span(), ...)));
diag::Diagnostic At(const Node& node, diag::Diagnostic diagnostic);

// Returns the kind in words for messages: "nothing", "a list", ...
absl::string_view Describe(const Node& node);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_AT_H_
