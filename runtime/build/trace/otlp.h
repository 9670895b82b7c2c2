// A run as a trace of OpenTelemetry: run > image > phases, in the JSON of OTLP.
#ifndef OVENBIRD_RUNTIME_BUILD_TRACE_OTLP_H_
#define OVENBIRD_RUNTIME_BUILD_TRACE_OTLP_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/build/result.h"
#include "runtime/build/trace/trace_parent.h"

namespace ovenbird::build {

// Where a trace belongs.
struct TraceContext {
  // Attributes of the service that the spans are of: "service.name" etc.
  std::vector<std::pair<std::string, std::string>> resource;
  std::string version;  // of Ovenbird
  // Unset: the run is a trace of its own.
  std::optional<TraceParent> parent;
  // Of the process. Nothing: that of the result.
  std::optional<int> exit_code{};
};

// Returns an ExportTraceServiceRequest with a span for the run, one for each
// image and one for each of their phases. A span of what has failed has the
// status `error` and the failure's message. Passwords must have been masked in
// `result`.
json::Value MakeTrace(const RunResult& result, const TraceContext& context);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_TRACE_OTLP_H_
