// What tells one state of an image from another: its fingerprint, and the build
// id and the tag that are made from it.
#ifndef OVENBIRD_RUNTIME_PLAN_IMAGE_IDENTITY_H_
#define OVENBIRD_RUNTIME_PLAN_IMAGE_IDENTITY_H_

#include <map>
#include <string>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::plan {

// Sets the fingerprint, the build id and the tags of `plan`, from its content
// and its options: all else of it must be there. `tags` take the place of the
// config's. Where nobody knows the content the tag is a random one, as
// DevSpace's are.
void SetIdentity(const config::Image& image,
                 const std::vector<std::string>& tags, ImagePlan& plan);

// The options in the fingerprint of a whole plan, by their path in the config,
// each with a hash of its value. Those that can't change the image (limits,
// labels ...) are left out.
std::map<std::string, std::string> OptionHashes(const ImagePlan& plan);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_IMAGE_IDENTITY_H_
