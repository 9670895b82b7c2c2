// The container images that a plan's builds pull, to copy them to a registry of
// one's own.
#ifndef OVENBIRD_RUNTIME_PLAN_PULLED_IMAGES_H_
#define OVENBIRD_RUNTIME_PLAN_PULLED_IMAGES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/plan/plan.h"

namespace ovenbird::plan {

// What a build pulls an image for.
enum class PullReason {
  kExecutor,
  kInitImage,  // engine `kubernetes` only
  kBase,       // of FROM
  kCopy,       // of COPY --from or RUN --mount
};

// Returns "executor", "init image", "base image", "copied from".
absl::string_view ToString(PullReason reason);

// One reason to pull an image.
struct PulledFor {
  std::string key;  // of the image that is built
  PullReason reason = PullReason::kBase;

  friend bool operator==(const PulledFor&, const PulledFor&) = default;
};

// A container image that is pulled.
struct PulledImage {
  // With its registry: "docker.io/library/alpine:3".
  std::string name;
  // The parts of the name: "docker.io/library/alpine", "3", "sha256:...". One
  // of the last two may be empty.
  std::string repository;
  std::string tag;
  std::string digest;
  std::vector<PulledFor> reasons;
  // The key of the image of the plan that makes it; empty: none.
  std::string built_by;
};

// Returns the images that builds of `plan` pull, each once: executors, init
// images, then those that Dockerfiles name. Leaves out images of `build.custom`
// and names that are not valid.
std::vector<PulledImage> PulledImages(const Plan& plan);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_PULLED_IMAGES_H_
