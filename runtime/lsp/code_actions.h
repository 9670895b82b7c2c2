// The fixes of diagnostics as code actions: the same edits as `validate --fix`.
#ifndef OVENBIRD_RUNTIME_LSP_CODE_ACTIONS_H_
#define OVENBIRD_RUNTIME_LSP_CODE_ACTIONS_H_

#include <string>

#include "runtime/base/json.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {

// The kind of the action that applies all safe fixes of a file.
inline constexpr char kFixAll[] = "source.fixAll.ovenbird";

// Returns the actions for the file at `path`; `params` are those of
// textDocument/codeAction. Quick fixes: the fixes of each problem in the range,
// the safe ones preferred, then comments that ignore it. One more action
// applies all safe fixes of the file.
json::Array CodeActions(const Workspace& workspace, const std::string& path,
                        const json::Value& params);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_CODE_ACTIONS_H_
