#include "runtime/plan/pulled_images.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {
namespace {

// The builds of an image: one for each platform, or a single one.
std::vector<const ImagePlan*> BuildsOf(const ImagePlan& image) {
  if (image.platforms.empty()) return {&image};
  std::vector<const ImagePlan*> builds;
  for (const auto& one : image.platforms) builds.push_back(one.get());
  return builds;
}

class Finder {
 public:
  explicit Finder(const Plan& plan) : plan_(plan) {}

  std::vector<PulledImage> Run() {
    for (const auto& image : plan_.images) {
      if (image->builder != Builder::kKaniko) continue;
      Add(image->kaniko->image, {image->key, PullReason::kExecutor});
    }
    for (const auto& image : plan_.images) {
      if (image->builder != Builder::kKaniko) continue;
      Add(image->kaniko->init_image, {image->key, PullReason::kInitImage});
    }
    for (const auto& image : plan_.images) {
      for (const ImagePlan* build : BuildsOf(*image)) {
        for (const NamedImage& named : build->named_images) {
          Add(named.name, {image->key, named.is_base ? PullReason::kBase
                                                     : PullReason::kCopy});
        }
      }
    }
    return std::move(found_);
  }

 private:
  void Add(const std::string& text, PulledFor reason) {
    absl::StatusOr<registry::Reference> name = registry::ParseReference(text);
    if (!name.ok()) return;
    if (name->tag.empty() && name->digest.empty()) name->tag = "latest";
    const std::string full = name->ToString();
    auto image = std::find_if(
        found_.begin(), found_.end(),
        [&](const PulledImage& other) { return other.name == full; });
    if (image == found_.end()) {
      image = found_.insert(found_.end(), {full,
                                           name->Repository(),
                                           name->tag,
                                           name->digest,
                                           {},
                                           BuilderOf(*name)});
    }
    auto& reasons = image->reasons;
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
      reasons.push_back(std::move(reason));
    }
  }

  std::string BuilderOf(const registry::Reference& name) const {
    if (!name.digest.empty()) return "";
    for (const auto& image : plan_.images) {
      const absl::StatusOr<registry::Reference> own =
          registry::ParseReference(image->spec.image);
      if (!own.ok() || own->Repository() != name.Repository()) continue;
      const std::vector<std::string>& tags = image->spec.tags;
      if (std::find(tags.begin(), tags.end(), name.tag) != tags.end()) {
        return image->key;
      }
    }
    return "";
  }

  const Plan& plan_;
  std::vector<PulledImage> found_;
};

}  // namespace

absl::string_view ToString(PullReason reason) {
  switch (reason) {
    case PullReason::kExecutor:
      return "executor";
    case PullReason::kInitImage:
      return "init image";
    case PullReason::kBase:
      return "base image";
    case PullReason::kCopy:
      return "copied from";
  }
  return "";
}

std::vector<PulledImage> PulledImages(const Plan& plan) {
  return Finder(plan).Run();
}

}  // namespace ovenbird::plan
