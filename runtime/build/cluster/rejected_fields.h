// The cluster's refusals of a pod, at the places in the user's config that
// caused them.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_REJECTED_FIELDS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_REJECTED_FIELDS_H_

#include <vector>

#include "runtime/build/failure.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::build {

// Returns a diagnostic for each field of the build pod whose value comes from
// the config: at the value, or at the nearest object that the config has.
// Fields that no option decides, and those of containers that a webhook added,
// are left out.
std::vector<diag::Diagnostic> LocateRejectedFields(
    const std::vector<RejectedField>& fields, const kube::BuildSpec& spec);

// Makes `failure` one of the config, with the diagnostics, if a rejected field
// comes from there; does nothing otherwise.
void NameOptions(const kube::BuildSpec& spec, Failure& failure);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_REJECTED_FIELDS_H_
