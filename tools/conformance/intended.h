// The differences from DevSpace 4.11 that are meant, each with the id of its
// reason in docs/compatibility.md.
#ifndef OVENBIRD_TOOLS_CONFORMANCE_INTENDED_H_
#define OVENBIRD_TOOLS_CONFORMANCE_INTENDED_H_

#include "absl/strings/string_view.h"
#include "tools/conformance/pod_facts.h"

namespace ovenbird::conformance {

// Id of the reason; empty when the difference is not meant.
absl::string_view ReasonOf(const Difference& difference);

}  // namespace ovenbird::conformance

#endif  // OVENBIRD_TOOLS_CONFORMANCE_INTENDED_H_
