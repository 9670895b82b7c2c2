// Platforms: where executors build another image than BuildKit.
#ifndef OVENBIRD_RUNTIME_PLAN_PLATFORM_CHECK_H_
#define OVENBIRD_RUNTIME_PLAN_PLATFORM_CHECK_H_

#include <vector>

#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/plan/from_platform.h"

namespace ovenbird::plan {

// Reports to `sink` each platform that the executor ignores, and each
// architecture or variant that it writes into the image differently from
// BuildKit. `args` includes the platform's arguments; `stages` are those that
// are built, for the stage `target`; `others` is from FindOtherBases().
// Requires `request.kaniko`.
void CheckPlatforms(const DockerfileRequest& request,
                    const dockerfile::Dockerfile& dockerfile,
                    const dockerfile::BuildArgs& args,
                    const std::vector<int>& stages, int target,
                    const std::vector<OtherBase>& others, diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_PLATFORM_CHECK_H_
