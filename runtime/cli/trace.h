// The OpenTelemetry trace of a run: to a file and to a collector.
#ifndef OVENBIRD_RUNTIME_CLI_TRACE_H_
#define OVENBIRD_RUNTIME_CLI_TRACE_H_

#include <string>

#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/result.h"

namespace ovenbird::cli {

// The end of each of the two ways.
struct TraceEnd {
  absl::Status file;
  absl::Status collector;
};

// Writes the trace of `result` to `file` if that is not empty, and sends it to
// the collector of the environment variables, if there is one. Returns after
// build::kMostTraceTime at the latest, or when `cancel` is cancelled; if it is
// already, after a second. `exit_code`: the process's, if the trace is written.
// Passwords must have been masked in `result`.
TraceEnd ExportTrace(const build::RunResult& result, int exit_code,
                     const std::string& file, Cancellation& cancel);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_TRACE_H_
