// What an editor offers while a config is typed.
#ifndef OVENBIRD_RUNTIME_LSP_COMPLETION_H_
#define OVENBIRD_RUNTIME_LSP_COMPLETION_H_

#include "runtime/base/json.h"
#include "runtime/lsp/request_place.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {

// Returns the completion items for the place, in the order to show them: keys,
// values of enums and booleans, stages for `target`, flags of the executor in
// `args`, executors, profiles, and variables after `${`. Each item has the edit
// that it makes.
json::Array CompleteAt(const Workspace& workspace, const RequestPlace& place);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_COMPLETION_H_
