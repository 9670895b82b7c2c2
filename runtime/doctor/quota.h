// Whether the namespace's ResourceQuotas have room for a build.
#ifndef OVENBIRD_RUNTIME_DOCTOR_QUOTA_H_
#define OVENBIRD_RUNTIME_DOCTOR_QUOTA_H_

#include <map>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/client.h"

namespace ovenbird::doctor {

// Amounts by the names that quotas use: "pods", "requests.cpu".
using Amounts = std::map<std::string, double>;

// Returns what a pod, with its Secret if it has one, takes from quotas.
Amounts NeedOf(const json::Value& pod, bool has_secret);

// Returns a finding for each quota of the list that counts something that the
// builds need. `needs`: one element for each build; at most `at_once` run at
// the same time. Quotas with scopes are left out.
Findings CompareQuotas(const json::Value& quotas,
                       const std::vector<Amounts>& needs, int at_once);

// Reads the quotas of the namespace and returns CompareQuotas' findings;
// nothing if they cannot be read.
Findings CheckQuotas(kube::Client& client, const std::string& name_space,
                     const std::vector<Amounts>& needs, int at_once,
                     Cancellation* cancel);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_QUOTA_H_
