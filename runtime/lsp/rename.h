// Renames a variable of the config.
#ifndef OVENBIRD_RUNTIME_LSP_RENAME_H_
#define OVENBIRD_RUNTIME_LSP_RENAME_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/lsp/request_place.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {

// Returns the range and the name of the variable at the place, null if it is
// not a variable. kFailedPrecondition for a predefined variable.
absl::StatusOr<json::Value> PrepareRename(const Workspace& workspace,
                                          const RequestPlace& place);

// Returns the edits that give the variable at the place another name: at its
// definition under `vars`, and at each `${NAME}`. kInvalidArgument for a name
// that cannot be a variable's, kFailedPrecondition if the place is not a
// variable, if the file cannot be parsed, or if the name is in use.
absl::StatusOr<json::Value> Rename(const Workspace& workspace,
                                   const RequestPlace& place,
                                   absl::string_view new_name);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_RENAME_H_
