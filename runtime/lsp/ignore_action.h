// "Ignore this message here": a comment that suppresses a warning or a note.
#ifndef OVENBIRD_RUNTIME_LSP_IGNORE_ACTION_H_
#define OVENBIRD_RUNTIME_LSP_IGNORE_ACTION_H_

#include <optional>

#include "runtime/diag/diagnostic.h"
#include "runtime/problems/suppressions.h"

namespace ovenbird::lsp {

// Returns the edit that adds `# ovenbird: ignore[ID]` above the problem's line,
// in a Dockerfile above its instruction. nullopt for errors, which are never
// ignored, for a problem without a place in a file, and where the comment would
// have no effect.
std::optional<diag::Edit> IgnoreComment(const diag::Diagnostic& problem,
                                        problems::FileKind kind);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_IGNORE_ACTION_H_
