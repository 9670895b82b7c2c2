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

// Sets the fingerprint, the build id and the tags of `plan` from its content
// and its options. Must be called last: it reads everything else in `plan`.
// `tags` replace those of the config. If the content is unknown, the tag is
// random, as DevSpace's are.
void SetIdentity(const config::Image& image,
                 const std::vector<std::string>& tags, ImagePlan& plan);

// Returns a hash of the value of each option in the fingerprint, by the
// option's path in the config. Options that cannot change the image (limits,
// labels ...) are left out.
std::map<std::string, std::string> OptionHashes(const ImagePlan& plan);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_IMAGE_IDENTITY_H_
