#include "runtime/registry/cloud_registries.h"

#include "absl/strings/match.h"

namespace ovenbird::registry {

bool HasLoginOfItsOwn(absl::string_view domain) {
  return absl::StrContains(domain, ".dkr.ecr") || domain == "public.ecr.aws" ||
         domain == "gcr.io" || absl::EndsWith(domain, ".gcr.io") ||
         absl::EndsWith(domain, ".pkg.dev") ||
         absl::EndsWith(domain, ".azurecr.io") ||
         absl::EndsWith(domain, ".azurecr.cn") ||
         absl::EndsWith(domain, ".azurecr.us");
}

}  // namespace ovenbird::registry
