// Lets the cluster check a build's objects without creating them: quota,
// LimitRange, Pod Security and webhooks have their say.
#ifndef OVENBIRD_RUNTIME_DOCTOR_DRY_RUN_H_
#define OVENBIRD_RUNTIME_DOCTOR_DRY_RUN_H_

#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/client.h"

namespace ovenbird::doctor {

// The result of a try.
struct Tried {
  Findings findings;
  // The pod as the cluster would run it; if it rejects the pod, as it was sent.
  json::Value pod;
  bool has_secret = false;
};

// Tries to create the pod of a build, and its Secret if it has one, with
// `?dryRun=All`. `subject` is the name of the build in findings. The values of
// the Secret are sent as they are in `spec`: hide them before.
Tried TryObjects(kube::Client& client, const std::string& subject,
                 const std::string& name_space, const kube::BuildSpec& spec,
                 Cancellation& cancel);

// Returns what admission has added to the pod, and what it has changed of the
// build's own containers.
Findings CompareWithSent(const std::string& subject, const json::Value& sent,
                         const json::Value& answered);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_DRY_RUN_H_
