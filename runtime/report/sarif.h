// Diagnostics as SARIF 2.1.0, which code hosts and editors read.
#ifndef OVENBIRD_RUNTIME_REPORT_SARIF_H_
#define OVENBIRD_RUNTIME_REPORT_SARIF_H_

#include <string>

#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/root.h"

namespace ovenbird::report {

// Facts that the diagnostics do not have.
struct SarifOptions {
  std::string tool_version;  // of the program; left out if empty
  // Files below its top get URIs relative to it.
  Root root;
};

// Returns a log with one run and a line end. Its rules are those of the
// catalogue that occur, sorted by id, each with its page; the results keep the
// order of `diagnostics`. The config path is the logical location, and with the
// rule's id the fingerprint, so that a result is recognized after its line has
// moved. Same input, same bytes.
std::string RenderSarif(absl::Span<const diag::Diagnostic> diagnostics,
                        const SarifOptions& options = {});

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_SARIF_H_
