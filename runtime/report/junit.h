// Diagnostics as JUnit XML, which most CI systems show as tests.
#ifndef OVENBIRD_RUNTIME_REPORT_JUNIT_H_
#define OVENBIRD_RUNTIME_REPORT_JUNIT_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/root.h"

namespace ovenbird::report {

// Returns a suite for each file: each problem is a test case, an error has
// failed, and a warning or note has passed with the text as its output. A file
// of `files` without problems has one test case that has passed.
std::string RenderJunit(absl::Span<const diag::Diagnostic> diagnostics,
                        const std::vector<std::string>& files,
                        const Root& root = {});

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_JUNIT_H_
