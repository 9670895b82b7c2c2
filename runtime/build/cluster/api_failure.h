// What the API server's refusals mean for a build, with the next step.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_API_FAILURE_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_API_FAILURE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {

// Explains an error of the API server, with the next step. `doing` completes
// "cannot ...": "create the build pod"; `name_space` is where.
Failure ExplainApiError(const absl::Status& status, absl::string_view doing,
                        absl::string_view name_space);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_API_FAILURE_H_
