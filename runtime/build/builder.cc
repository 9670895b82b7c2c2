#include "runtime/build/builder.h"

namespace ovenbird::build {

Builder WantedBuilder(const config::Image& image) {
  if (!image.build) return Builder::kDocker;
  if (image.build->custom) return Builder::kCustom;
  return image.build->docker || !image.build->kaniko ? Builder::kDocker
                                                     : Builder::kKaniko;
}

config::Kaniko EffectiveKaniko(const config::Image& image) {
  if (image.build && image.build->kaniko) return *image.build->kaniko;
  config::Kaniko kaniko;
  if (image.build && image.build->docker) {
    kaniko.options = image.build->docker->options;
  }
  return kaniko;
}

}  // namespace ovenbird::build
