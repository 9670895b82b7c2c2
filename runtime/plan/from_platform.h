// FROM --platform in a build for one platform.
#ifndef OVENBIRD_RUNTIME_PLAN_FROM_PLATFORM_H_
#define OVENBIRD_RUNTIME_PLAN_FROM_PLATFORM_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/platform.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::plan {

// Reports each `FROM --platform` among the stages that names another platform
// than `platform`: executors ignore the flag. `args` includes the platform's
// arguments; `executor` is its name for messages.
void ReportOtherPlatforms(const dockerfile::Dockerfile& dockerfile,
                          const std::vector<int>& stages,
                          const dockerfile::BuildArgs& args,
                          const Platform& platform, absl::string_view executor,
                          diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_FROM_PLATFORM_H_
