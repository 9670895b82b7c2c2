#include "runtime/build/builder.h"

namespace ovenbird::build {

Builder WantedBuilder(const config::Image& image) {
  if (!image.build) return Builder::kDocker;
  if (image.build->custom) return Builder::kCustom;
  return image.build->docker || !image.build->kaniko ? Builder::kDocker
                                                     : Builder::kKaniko;
}

}  // namespace ovenbird::build
