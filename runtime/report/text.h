// Diagnostics for people: on a terminal, in a log, in an editor's list.
#ifndef OVENBIRD_RUNTIME_REPORT_TEXT_H_
#define OVENBIRD_RUNTIME_REPORT_TEXT_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::report {

// Options of the output for people.
struct TextOptions {
  bool color = false;
  // The most diagnostics to show; the rest is only counted ("... 12 more not
  // shown (12 errors)"). 0: no limit.
  int limit = 50;
};

// These functions never fail, whatever the diagnostics contain (wrong spans,
// control characters, invalid UTF-8).

// Returns a block for each diagnostic: location, message and id, the source
// lines with marks and labels, help and notes.
std::string RenderText(absl::Span<const diag::Diagnostic> diagnostics,
                       const TextOptions& options = {});
// Returns one line for each message, help, label and note: file:line:column:
// severity: text [id].
std::string RenderShort(absl::Span<const diag::Diagnostic> diagnostics,
                        const TextOptions& options = {});

// Returns "2 errors, 1 warning"; empty without any diagnostics.
std::string CountText(absl::Span<const diag::Diagnostic> diagnostics);

// Returns "error", "warning" or "note".
const char* SeverityName(diag::Severity severity);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_TEXT_H_
