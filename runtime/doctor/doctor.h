// Examines all that builds of a plan need: the cluster, the registries, this
// machine. Creates and pushes nothing.
#ifndef OVENBIRD_RUNTIME_DOCTOR_DOCTOR_H_
#define OVENBIRD_RUNTIME_DOCTOR_DOCTOR_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/access.h"
#include "runtime/plan/plan.h"

namespace ovenbird::doctor {

// The builds to examine, and what is known of them.
struct Request {
  // The cluster, or why it is not known; nullopt: no image is built in one.
  std::optional<absl::StatusOr<kube::ClusterAccess>> cluster;
  const plan::Plan* plan = nullptr;  // must outlive the call
  // Returns the engine of an image: "kubernetes", "local", "docker", "custom".
  std::function<absl::string_view(const std::string& key)> engine_of;
  // As for kube::AddRightsNeeded; nodes are listed for another reason.
  bool waits_for_nodes = false;
  bool lists_nodes = false;
  // What planning has reported.
  std::vector<diag::Diagnostic> problems;
};

// Returns the findings of all checks, in the order of the report. Checks that
// do not depend on each other run at the same time.
Findings Examine(const Request& request, Cancellation& cancel);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_DOCTOR_H_
