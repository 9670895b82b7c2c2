// Check of the nodes for builds with `hostUsers: false`: a node whose container
// runtime has no user namespaces never starts such a pod.
#ifndef OVENBIRD_RUNTIME_DOCTOR_USER_NAMESPACES_H_
#define OVENBIRD_RUNTIME_DOCTOR_USER_NAMESPACES_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/json.h"
#include "runtime/doctor/finding.h"

namespace ovenbird::doctor {

// Returns a finding about `pod`, which was sent with `hostUsers: false`, as the
// API server would store it, and about the list of the cluster's nodes.
Finding CheckUserNamespaces(const std::string& subject, const json::Value& pod,
                            const absl::StatusOr<json::Value>& nodes);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_USER_NAMESPACES_H_
