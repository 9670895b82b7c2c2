// Diagnostics as GitHub Actions' workflow commands: annotations on the lines of
// a pull request.
#ifndef OVENBIRD_RUNTIME_REPORT_GITHUB_H_
#define OVENBIRD_RUNTIME_REPORT_GITHUB_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/root.h"

namespace ovenbird::report {

// Returns one `::error file=...::text` line for each diagnostic; the text
// includes label, help and notes. Names of files are relative to `root`. Print
// it to stdout in addition to the output for people.
std::string RenderGithub(absl::Span<const diag::Diagnostic> diagnostics,
                         const Root& root = {});

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_GITHUB_H_
