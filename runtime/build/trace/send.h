// Sends traces to a collector.
#ifndef OVENBIRD_RUNTIME_BUILD_TRACE_SEND_H_
#define OVENBIRD_RUNTIME_BUILD_TRACE_SEND_H_

#include <string>

#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/trace/settings.h"

namespace ovenbird::build {

// Posts `trace`, JSON of OTLP, once: neither again nor to where a redirect
// leads. Returns after the collector's timeout at the latest, or when `cancel`,
// which may be null, is cancelled (kCancelled). kUnavailable: the collector has
// refused it, or a part of it; else the errors of net::Client. No message
// contains the value of a header.
absl::Status SendTrace(const TraceCollector& collector, std::string trace,
                       Cancellation* cancel = nullptr);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_TRACE_SEND_H_
