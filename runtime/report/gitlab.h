// Diagnostics as a GitLab code quality report, which merge requests show.
#ifndef OVENBIRD_RUNTIME_REPORT_GITLAB_H_
#define OVENBIRD_RUNTIME_REPORT_GITLAB_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/root.h"

namespace ovenbird::report {

// Returns a JSON array with an object for each diagnostic, and a line end. The
// fingerprint depends on the file, the message and the text of its line, so
// that a problem is recognized after its line has moved. GitLab needs a place:
// a diagnostic without one is at line 1 of its file, or of `devspace.yaml`.
std::string RenderGitlab(absl::Span<const diag::Diagnostic> diagnostics,
                         const Root& root = {});

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_GITLAB_H_
