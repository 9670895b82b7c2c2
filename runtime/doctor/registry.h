// Checks of the registries that builds push to: certificate, login, right to
// push. Nothing is pushed.
#ifndef OVENBIRD_RUNTIME_DOCTOR_REGISTRY_H_
#define OVENBIRD_RUNTIME_DOCTOR_REGISTRY_H_

#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/doctor/finding.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::doctor {

// A repository that builds push to.
struct PushTarget {
  std::string repository;         // "r.io/team/app"
  std::vector<std::string> uses;  // "image `app`", "cache of image `app`"
  bool insecure = false;
  // The credentials of the build, a config.json; empty: none.
  std::string docker_config;
  // Why the build may have other credentials; empty: it has these.
  std::string unsure;
  // The build runs in a cluster, not on this machine.
  bool in_cluster = true;
  std::string name_space;  // of the build in a cluster
  // The ConfigMap with the registry's CA, from `registryCertificates`; empty:
  // none.
  std::string ca_config_map;
  std::string ca_key;
  std::string ca_pem;  // its content; empty: it cannot be read
};

// Returns the repositories that a build pushes its image and its cached layers
// to; none if it pushes nothing. Sets `repository`, `uses` and `insecure`.
std::vector<PushTarget> PushTargetsOf(const plan::ImagePlan& build);

// Connects, logs in, and starts and cancels an upload.
Finding CheckPushTarget(const PushTarget& target, Cancellation* cancel);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_REGISTRY_H_
