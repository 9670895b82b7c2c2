// Diagnostics as GitHub Actions' workflow commands: annotations on the lines of
// a pull request.
#ifndef OVENBIRD_RUNTIME_REPORT_GITHUB_H_
#define OVENBIRD_RUNTIME_REPORT_GITHUB_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::report {

// A `::error file=...::text` line per diagnostic; the text holds label, help
// and notes too. To be written to stdout in addition to the text for people.
std::string RenderGithub(absl::Span<const diag::Diagnostic> diagnostics);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_GITHUB_H_
