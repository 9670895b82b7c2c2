// Files of other tools that are given in the place of a devspace.yaml.
#ifndef OVENBIRD_RUNTIME_CONFIG_OTHER_TOOLS_H_
#define OVENBIRD_RUNTIME_CONFIG_OTHER_TOOLS_H_

#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// Reports a file of Skaffold, of Compose or of Kubernetes, and returns true.
// Returns false for a file with `images`, whatever else it has.
bool IsOfOtherTool(const yaml::Node& root, diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_OTHER_TOOLS_H_
