#include "runtime/plan/pull_places.h"

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "runtime/kube/user_args.h"
#include "runtime/plan/mirrors.h"

namespace ovenbird::plan {
// As kaniko itself has it (runtime/kube/executor_args.cc).
bool IsInsecurePull(const config::Kaniko& kaniko, const std::string& own_image,
                    const std::string& domain) {
  if (kube::HasUserFlag(kaniko, "insecure-pull") ||
      kube::HasUserFlag(kaniko, "skip-tls-verify-pull")) {
    return true;
  }
  for (const char* flag : {"insecure-registry", "skip-tls-verify-registry"}) {
    if (absl::c_linear_search(kube::UserFlagValues(kaniko, flag), domain)) {
      return true;
    }
  }
  absl::StatusOr<registry::Reference> own = registry::ParseReference(own_image);
  return kaniko.insecure && own.ok() && own->domain == domain;
}

std::vector<PullPlace> PullPlaces(const config::Kaniko& kaniko,
                                  const std::string& own_image,
                                  const std::string& image) {
  std::vector<PullPlace> places;
  absl::StatusOr<registry::Reference> name = registry::ParseReference(image);
  if (!name.ok()) return places;
  for (registry::Reference& place : PlacesOf(*name, RegistryMirrors(kaniko))) {
    const bool insecure = IsInsecurePull(kaniko, own_image, place.domain);
    places.push_back({std::move(place), insecure});
  }
  return places;
}

}  // namespace ovenbird::plan
