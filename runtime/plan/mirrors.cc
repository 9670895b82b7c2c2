#include "runtime/plan/mirrors.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/kube/user_args.h"

namespace ovenbird::plan {

std::vector<std::string> RegistryMirrors(const config::Kaniko& kaniko) {
  std::vector<std::string> mirrors = kaniko.registry_mirrors;
  for (std::string& mirror : kube::UserFlagValues(kaniko, "registry-mirror")) {
    mirrors.push_back(std::move(mirror));
  }
  return mirrors;
}

std::vector<registry::Reference> PlacesOf(
    const registry::Reference& image, const std::vector<std::string>& mirrors) {
  std::vector<registry::Reference> places;
  if (image.domain == "docker.io") {
    for (const std::string& mirror : mirrors) {
      registry::Reference& place = places.emplace_back(image);
      const size_t slash = mirror.find('/');
      place.domain = mirror.substr(0, slash);
      if (slash != std::string::npos) {
        place.path = absl::StrCat(
            absl::StripSuffix(mirror.substr(slash + 1), "/"), "/", image.path);
      }
    }
  }
  places.push_back(image);
  return places;
}

}  // namespace ovenbird::plan
