// Diagnostics for programs: a JSON object per line.
#ifndef OVENBIRD_RUNTIME_REPORT_JSON_LINES_H_
#define OVENBIRD_RUNTIME_REPORT_JSON_LINES_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::report {

// Returns one object for each diagnostic: id, severity, message, path (in the
// config), location, label, help, args, labels, notes, fixes, and `rendered`:
// the text for people. A location has file, line, column, endLine, endColumn
// (from 1, in code points; the end is after the last character) and byteStart,
// byteEnd in the file. Keys without a value are left out.
std::string RenderJsonLines(absl::Span<const diag::Diagnostic> diagnostics);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_JSON_LINES_H_
