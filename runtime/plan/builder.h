// Who builds an image.
#ifndef OVENBIRD_RUNTIME_PLAN_BUILDER_H_
#define OVENBIRD_RUNTIME_PLAN_BUILDER_H_

#include "runtime/config/config.h"
#include "runtime/plan/section.h"

namespace ovenbird::plan {

// The kinds of builders.
enum class Builder {
  kKaniko,
  kDocker,  // a Docker daemon
  kCustom,  // a command of the user's
};

// Returns the builder that the config asks for, with the precedence of DevSpace
// 4.11: `custom`, then `docker`, then `kaniko`. An image without any of them is
// built by Docker, too. kDocker falls back to kaniko if no daemon answers.
Builder WantedBuilder(const config::Image& image);

// Returns the options for a build by kaniko. For an image that Docker should
// build, as in DevSpace 4.11: the `kaniko` object if it exists, else kaniko's
// defaults with docker's `options`. The image must outlive the result.
Section<config::Kaniko> EffectiveKaniko(const config::Image& image);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BUILDER_H_
