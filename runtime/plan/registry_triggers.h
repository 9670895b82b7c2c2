// ONBUILD instructions of base images that are in registries.
#ifndef OVENBIRD_RUNTIME_PLAN_REGISTRY_TRIGGERS_H_
#define OVENBIRD_RUNTIME_PLAN_REGISTRY_TRIGGERS_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/plan/secrets.h"

namespace ovenbird::plan {

// Adds to `names` what ARG declares in ONBUILD of the base images among
// `images`. Asks the registry only if an argument of `given` would be reported
// without it.
void AddTriggerArgs(const DockerfileRequest& request,
                    const dockerfile::Dockerfile& dockerfile,
                    const dockerfile::BuildArgs& given,
                    const std::vector<dockerfile::BaseImage>& images,
                    std::set<std::string>& names);

// Adds to `asked` the secrets that ONBUILD of the base images among `images`
// mounts. Asks the registry only if a secret would be reported without it.
void AddTriggerSecrets(const DockerfileRequest& request,
                       const std::vector<dockerfile::BaseImage>& images,
                       AskedSecrets& asked);

// Returns what finds the ONBUILD instructions of a base image:
// `options.onbuild` itself or, if stages would be left out, one that asks
// registries, too: ONBUILD may copy from one of these stages. `request` must
// outlive the function.
std::function<std::optional<std::vector<std::string>>(absl::string_view)>
TriggerFinder(const DockerfileRequest& request,
              const dockerfile::Dockerfile& dockerfile,
              const dockerfile::ResolveOptions& options);

// Returns whether a base image among `images` has a RUN in ONBUILD, as far as
// that is known. Asks the registry only if the build is for a platform: there
// the answer decides on which nodes it may run.
bool BaseMayRun(const DockerfileRequest& request,
                const std::vector<dockerfile::BaseImage>& images);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_REGISTRY_TRIGGERS_H_
