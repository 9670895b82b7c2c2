#include "runtime/kube/build_spec.h"

#include "absl/strings/str_cat.h"
#include "runtime/kube/handover.h"

namespace ovenbird::kube {

std::string ContextPath(const BuildSpec& spec) {
  if (spec.context_image.empty()) return kContextPath;
  return spec.mounts_context ? absl::StrCat(kContextVolumePath, kContextInImage)
                             : kContextInImage;
}

std::vector<std::string> TaggedNames(const BuildSpec& spec) {
  std::vector<std::string> names;
  for (const std::string& tag : spec.tags) {
    names.push_back(absl::StrCat(spec.image, ":", tag));
  }
  return names;
}

}  // namespace ovenbird::kube
