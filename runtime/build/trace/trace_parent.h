// The span that a run is a part of, by W3C's Trace Context.
#ifndef OVENBIRD_RUNTIME_BUILD_TRACE_TRACE_PARENT_H_
#define OVENBIRD_RUNTIME_BUILD_TRACE_TRACE_PARENT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::build {

// A span of another program, such as a CI system.
struct TraceParent {
  std::string trace_id;  // 32 hexadecimal digits
  std::string span_id;   // 16
  std::string state;     // TRACESTATE, as it is
  // False: the other program records nothing, and we are not to, either.
  bool is_sampled = true;

  friend bool operator==(const TraceParent&, const TraceParent&) = default;
};

// Returns the span that `text` names ("00-<trace id>-<span id>-01"); nullopt if
// it is malformed: then a run is a trace of its own.
std::optional<TraceParent> ParseTraceParent(absl::string_view text);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_TRACE_TRACE_PARENT_H_
