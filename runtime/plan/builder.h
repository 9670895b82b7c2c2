// Who builds an image.
#ifndef OVENBIRD_RUNTIME_PLAN_BUILDER_H_
#define OVENBIRD_RUNTIME_PLAN_BUILDER_H_

#include "runtime/config/config.h"
#include "runtime/plan/section.h"

namespace ovenbird::plan {

enum class Builder {
  kKaniko,
  kDocker,  // a Docker daemon
  kCustom,  // a command of the user's
};

// What the config asks for, in DevSpace 4.11's order: `custom` comes before
// `docker`, that before `kaniko`. An image without any is for Docker, too.
// kDocker falls back to kaniko when no daemon answers.
Builder WantedBuilder(const config::Image& image);

// What kaniko builds an image with. In Docker's place, as in 4.11: the kaniko
// section when there is one, else kaniko's defaults with docker's options.
// The image must outlive it.
Section<config::Kaniko> EffectiveKaniko(const config::Image& image);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BUILDER_H_
