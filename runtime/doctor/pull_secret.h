// Checks of the Secret that `pullSecret` names.
#ifndef OVENBIRD_RUNTIME_DOCTOR_PULL_SECRET_H_
#define OVENBIRD_RUNTIME_DOCTOR_PULL_SECRET_H_

#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/build/cluster/pull_secret_key.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/client.h"

namespace ovenbird::doctor {

// What is known about the Secret.
struct PullSecretAnswer {
  Findings findings;
  std::string key = ".dockerconfigjson";
  // The Docker config in it; empty: it cannot be read, or is broken.
  std::string docker_config;
};

// Reads the Secret and checks it for a build, as the build does.
PullSecretAnswer CheckPullSecret(kube::Client& client,
                                 const build::PullSecretRequest& request,
                                 Cancellation& cancel);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_PULL_SECRET_H_
