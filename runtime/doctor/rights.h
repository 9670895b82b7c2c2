// Checks of the rights that builds need in the cluster.
#ifndef OVENBIRD_RUNTIME_DOCTOR_RIGHTS_H_
#define OVENBIRD_RUNTIME_DOCTOR_RIGHTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/client.h"
#include "runtime/kube/rights.h"

namespace ovenbird::doctor {

// The answer of the API server to "may I?".
struct RightAnswer {
  bool allowed = false;
  std::string reason;   // why not; may be empty
  absl::Status status;  // not OK: the question was not answered
};

// Asks whether the user has the right in the namespace
// (SelfSubjectAccessReview), for each of its names.
RightAnswer AskRight(kube::Client& client, const std::string& name_space,
                     const kube::Right& right, Cancellation* cancel);

// What decides how bad a missing right is.
struct RightsContext {
  std::string name_space;
  int minor = -1;  // the version of Kubernetes; -1: unknown
  // A build from this machine creates a Secret.
  bool has_secret = true;
};

// Returns a finding for each right that is missing, and one for the others.
// `answers` has one element for each right.
Findings ReportRights(const RightsContext& context,
                      const std::vector<kube::Right>& rights,
                      const std::vector<RightAnswer>& answers);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_RIGHTS_H_
