// Sends traces to a collector.
#ifndef OVENBIRD_RUNTIME_BUILD_TRACE_SEND_H_
#define OVENBIRD_RUNTIME_BUILD_TRACE_SEND_H_

#include <string>

#include "absl/status/status.h"
#include "runtime/build/trace/settings.h"

namespace ovenbird::build {

// Posts `trace`, JSON of OTLP, once: neither again nor to where a redirect
// leads. Returns after the collector's timeout at the latest. kUnavailable: the
// collector has refused it, or a part of it; else the errors of net::Client.
absl::Status SendTrace(const TraceCollector& collector, std::string trace);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_TRACE_SEND_H_
