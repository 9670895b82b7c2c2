// Changes of files as editors take them.
#ifndef OVENBIRD_RUNTIME_LSP_TEXT_EDITS_H_
#define OVENBIRD_RUNTIME_LSP_TEXT_EDITS_H_

#include <vector>

#include "runtime/base/json.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/lsp/documents.h"
#include "runtime/lsp/position.h"

namespace ovenbird::lsp {

// Returns the edits as a WorkspaceEdit. Their spans must be in files.
json::Value WorkspaceEdit(const std::vector<diag::Edit>& edits,
                          const Documents& documents, Encoding encoding);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_TEXT_EDITS_H_
