// Which registries a build needs, and for what.
#ifndef OVENBIRD_RUNTIME_PLAN_IMAGE_REGISTRIES_H_
#define OVENBIRD_RUNTIME_PLAN_IMAGE_REGISTRIES_H_

#include <string>
#include <vector>

#include "runtime/plan/image_plan.h"

namespace ovenbird::plan {

// Sets push_registries and pull_registries of `plan`. `destination`: the domain
// of the image's own registry; `bases`: those of the images that its Dockerfile
// names.
void SetRegistries(const std::string& destination,
                   const std::vector<std::string>& bases, ImagePlan& plan);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_IMAGE_REGISTRIES_H_
