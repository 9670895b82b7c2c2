// Where traces are sent, by the environment variables of OpenTelemetry.
#ifndef OVENBIRD_RUNTIME_BUILD_TRACE_SETTINGS_H_
#define OVENBIRD_RUNTIME_BUILD_TRACE_SETTINGS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/build/trace/otlp.h"
#include "runtime/net/message.h"
#include "runtime/net/url.h"

namespace ovenbird::build {

// A collector, and how to reach it.
struct TraceCollector {
  net::Url url;
  net::Headers headers;  // can contain an API key
  // Of the whole request.
  absl::Duration timeout;
  std::string ca_pem;  // empty: the system's trust store
};

// A build never waits longer for a collector, whatever the variables say.
inline constexpr absl::Duration kMostTraceTime = absl::Seconds(5);

// Returns the collector of OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or
// OTEL_EXPORTER_OTLP_ENDPOINT; nullopt if neither is set, or if
// OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER say that nothing is sent.
// kInvalidArgument: a variable has a value that cannot be used.
// kFailedPrecondition: headers would leave the machine without TLS.
absl::StatusOr<std::optional<TraceCollector>> FindTraceCollector();

// Returns the resource (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) and the
// parent (TRACEPARENT, TRACESTATE) of the traces of version `version`.
TraceContext FindTraceContext(const std::string& version);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_TRACE_SETTINGS_H_
