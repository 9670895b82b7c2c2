#include "runtime/plan/image_plan.h"

#include "runtime/kube/user_args.h"

namespace ovenbird::plan {

bool PushesImage(const ImagePlan& plan) {
  if (plan.builder == Builder::kCustom || plan.spec.skip_push) return false;
  if (plan.builder == Builder::kDocker) return true;
  if (kube::HasUserFlag(*plan.kaniko, "no-push")) return false;
  return plan.spec.tar_path.empty();
}

std::vector<std::string> PlatformNames(const ImagePlan& plan) {
  std::vector<std::string> names;
  if (plan.spec.platform) names.push_back(plan.spec.platform->ToString());
  for (const auto& one : plan.platforms) {
    names.push_back(one->spec.platform->ToString());
  }
  return names;
}

}  // namespace ovenbird::plan
