// Problems as the diagnostics of an editor.
#ifndef OVENBIRD_RUNTIME_LSP_DIAGNOSTICS_H_
#define OVENBIRD_RUNTIME_LSP_DIAGNOSTICS_H_

#include <map>
#include <string>

#include "runtime/base/json.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/lsp/checked.h"
#include "runtime/lsp/documents.h"
#include "runtime/lsp/position.h"

namespace ovenbird::lsp {

// Returns the path of the file in which a problem of `checked` is shown: its
// own, or the config for problems without a place in a file.
std::string PathOfProblem(const Checked& checked,
                          const diag::Diagnostic& problem);

// Returns where a problem is shown; at the begin of the file for problems
// without a place in it.
json::Value RangeOfProblem(const diag::Diagnostic& problem, Encoding encoding);

// Returns a problem as a Diagnostic of LSP: the text of `validate
// --diagnostics short`, help included; labels and notes elsewhere are related
// information.
json::Value DiagnosticToJson(const diag::Diagnostic& problem,
                             const Documents& documents, Encoding encoding);

// Returns the diagnostics of each file by its path: of the config and of its
// Dockerfiles also if they have none.
std::map<std::string, json::Array> DiagnosticsByFile(const Checked& checked,
                                                     const Documents& documents,
                                                     Encoding encoding);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_DIAGNOSTICS_H_
