// The platforms of an image, and the one on which its build runs.
#ifndef OVENBIRD_RUNTIME_PLAN_PLATFORMS_H_
#define OVENBIRD_RUNTIME_PLAN_PLATFORMS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/platform.h"
#include "runtime/config/config.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::plan {

// Parses platforms and returns each once, in its normal form and in the order
// of `names`. Names that are no platforms are left out: the config's check
// reports them.
std::vector<Platform> ParsePlatforms(const std::vector<std::string>& names);

// Returns a tag for the image of one platform: `tag` and the platform's name,
// shortened to the 128 characters that a tag may have.
std::string PlatformTag(const std::string& tag, const Platform& platform);

// Returns whether a Dockerfile names platforms, or their arguments.
bool DependsOnPlatform(absl::string_view dockerfile);

// Returns the platform that `nodeSelector` asks for; empty: none.
std::string SelectedPlatform(const config::Kaniko& kaniko);

// Fills `all` with what the builds for its platforms have in common. Their
// contexts are alike, and often the same. Requires at least one platform.
void MergePlatforms(ImagePlan& all);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_PLATFORMS_H_
