// The builds of a plan as the checks see them.
#ifndef OVENBIRD_RUNTIME_DOCTOR_BUILDS_H_
#define OVENBIRD_RUNTIME_DOCTOR_BUILDS_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/build/cluster/pull_secret_key.h"
#include "runtime/doctor/pull_secret.h"
#include "runtime/doctor/registry.h"
#include "runtime/plan/plan.h"

namespace ovenbird::doctor {

// One build: of an image, or of one of its platforms.
struct Build {
  const plan::ImagePlan* plan = nullptr;
  std::string subject;     // "image `app` for linux/arm64"
  std::string name_space;  // of its pod
  bool in_cluster = false;
};

// Returns the builds of the plan's images without those of `build.custom`.
// `name_space`: where the config names none.
std::vector<Build> BuildsOf(
    const plan::Plan& plan, const std::string& name_space,
    const std::function<absl::string_view(const std::string&)>& engine_of);

// Pull secrets by namespace and name.
using PullSecretName = std::pair<std::string, std::string>;
using PullSecrets = std::map<PullSecretName, PullSecretAnswer>;

// Returns the Secret that the build takes its credentials from; empty names if
// it takes none.
PullSecretName PullSecretOf(const Build& build);

// Returns one request for each Secret of the builds, for all their registries.
std::vector<build::PullSecretRequest> PullSecretRequests(
    const std::vector<Build>& builds);

// Returns the repositories that the builds push to, each with the credentials
// of its build.
std::vector<PushTarget> PushTargets(const std::vector<Build>& builds,
                                    const PullSecrets& secrets);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_BUILDS_H_
