// Diagnostics for people: on a terminal, in a log, in an editor's list.
#ifndef OVENBIRD_RUNTIME_REPORT_TEXT_H_
#define OVENBIRD_RUNTIME_REPORT_TEXT_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::report {

struct TextOptions {
  bool color = false;
  // More than this are only counted ("... 12 more errors"); 0: no limit.
  int limit = 50;
};

// Whatever the diagnostics hold (wrong spans, control characters, bytes that
// are no text), these give a text and never fail.

// A block per diagnostic: location, message and id, the lines concerned with
// marks and labels, help and notes.
std::string RenderText(absl::Span<const diag::Diagnostic> diagnostics,
                       const TextOptions& options = {});
// One line per part: file:line:column: severity: text [id].
std::string RenderShort(absl::Span<const diag::Diagnostic> diagnostics,
                        const TextOptions& options = {});

// "2 errors, 1 warning"; empty when there are neither.
std::string CountText(absl::Span<const diag::Diagnostic> diagnostics);

// "error", "warning" or "note".
const char* SeverityName(diag::Severity severity);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_TEXT_H_
