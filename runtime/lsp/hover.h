// What an editor shows of the text under the mouse.
#ifndef OVENBIRD_RUNTIME_LSP_HOVER_H_
#define OVENBIRD_RUNTIME_LSP_HOVER_H_

#include "runtime/base/json.h"
#include "runtime/lsp/request_place.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {

// Returns a Hover in Markdown: the page of each message at the place, and the
// reference of its option, value, executor flag or variable. Null if nothing is
// known.
json::Value HoverAt(const Workspace& workspace, const RequestPlace& place);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_HOVER_H_
