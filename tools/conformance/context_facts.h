// What a build context holds, as facts like those of pod_facts.h.
#ifndef OVENBIRD_TOOLS_CONFORMANCE_CONTEXT_FACTS_H_
#define OVENBIRD_TOOLS_CONFORMANCE_CONTEXT_FACTS_H_

#include <string>
#include <vector>

#include "runtime/plan/plan.h"
#include "tools/conformance/case.h"

namespace ovenbird::conformance {

// Of all uploads of the case together; none when it has none.
std::vector<std::string> RecordedContext(const Case& item);

// Of all images together, folders' own entries included.
std::vector<std::string> PlannedContext(const plan::Plan& plan,
                                        const Case& item);

}  // namespace ovenbird::conformance

#endif  // OVENBIRD_TOOLS_CONFORMANCE_CONTEXT_FACTS_H_
