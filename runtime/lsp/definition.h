// "Go to definition": variables, profiles, anchors, stages, the Dockerfile.
#ifndef OVENBIRD_RUNTIME_LSP_DEFINITION_H_
#define OVENBIRD_RUNTIME_LSP_DEFINITION_H_

#include "runtime/base/json.h"
#include "runtime/lsp/request_place.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {

// Returns the locations where the name at the place is defined; none if it is
// not such a name, or is not defined in a file.
json::Array FindDefinition(const Workspace& workspace,
                           const RequestPlace& place);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_DEFINITION_H_
