#include "runtime/plan/image_plan.h"

#include <string>

namespace ovenbird::plan {

bool PushesImage(const ImagePlan& plan) {
  if (plan.builder == Builder::kCustom || plan.spec.skip_push) return false;
  if (plan.builder == Builder::kDocker) return true;
  for (const std::string& argument : plan.kaniko->args) {
    if (argument == "--no-push" || argument == "--no-push=true") return false;
  }
  return plan.spec.tar_path.empty();
}

}  // namespace ovenbird::plan
