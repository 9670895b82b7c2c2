#include "runtime/plan/builder.h"

namespace ovenbird::plan {

Builder WantedBuilder(const config::Image& image) {
  if (!image.build) return Builder::kDocker;
  if (image.build->custom) return Builder::kCustom;
  return image.build->docker || !image.build->kaniko ? Builder::kDocker
                                                     : Builder::kKaniko;
}

Section<config::Kaniko> EffectiveKaniko(const config::Image& image) {
  if (image.build && image.build->kaniko) {
    return Section<config::Kaniko>(&*image.build->kaniko);
  }
  Section<config::Kaniko> kaniko;
  if (image.build && image.build->docker) {
    kaniko.Mutable().options = image.build->docker->options;
  }
  return kaniko;
}

}  // namespace ovenbird::plan
