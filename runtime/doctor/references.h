// Checks of the objects of the cluster that a build pod names: they must exist,
// or the pod never starts.
#ifndef OVENBIRD_RUNTIME_DOCTOR_REFERENCES_H_
#define OVENBIRD_RUNTIME_DOCTOR_REFERENCES_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/client.h"

namespace ovenbird::doctor {

// An object of the namespace that a pod names.
struct ObjectName {
  std::string plural;  // "serviceaccounts"
  std::string name;
  // The keys that the pod mounts; it does not start without them.
  std::vector<std::string> keys;
  // One of `imagePullSecrets`: the pod starts without, but pulls without
  // credentials.
  bool is_for_pulls = false;
};

// Returns the objects that the pod names, each once, except
// those called `own`, which the build creates, and `pull_secret`, which has a
// check of its own.
std::vector<ObjectName> ReferencesOf(const json::Value& pod,
                                     const std::string& own,
                                     const std::string& pull_secret);

// Returns a finding about the object; nullopt if it cannot be read.
std::optional<Finding> CheckReference(kube::Client& client,
                                      const std::string& name_space,
                                      const ObjectName& object,
                                      Cancellation* cancel);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_REFERENCES_H_
