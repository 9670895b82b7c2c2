#include "runtime/plan/pull_places.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/plan/mirrors.h"

namespace ovenbird::plan {
namespace {

bool HasFlag(const std::vector<std::string>& args, absl::string_view flag) {
  return std::any_of(args.begin(), args.end(), [&](const std::string& arg) {
    return arg == flag || arg == absl::StrCat(flag, "=true");
  });
}

}  // namespace

// As kaniko itself has it (runtime/kube/executor_args.cc).
bool IsInsecurePull(const config::Kaniko& kaniko, const std::string& own_image,
                    const std::string& domain) {
  const std::vector<std::string>& args = kaniko.args;
  if (HasFlag(args, "--insecure-pull") ||
      HasFlag(args, "--skip-tls-verify-pull")) {
    return true;
  }
  for (const char* flag :
       {"--insecure-registry=", "--skip-tls-verify-registry="}) {
    if (std::find(args.begin(), args.end(), absl::StrCat(flag, domain)) !=
        args.end()) {
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
