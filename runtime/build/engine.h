// Something that can build an image from a plan.
#ifndef OVENBIRD_RUNTIME_BUILD_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_ENGINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/build/result.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// The result of one image's build.
struct Outcome {
  std::string digest;  // "sha256:..."; of several platforms: the index's
  // For an image that names its platforms.
  std::vector<PlatformResult> platforms;
  // Of the compressed image in its registry. Nothing: unknown.
  std::optional<int64_t> image_bytes;
  std::vector<std::string> warnings;
  std::optional<Failure> failure;
};

// Builds images. Thread-safe: several images are built simultaneously.
class Engine {
 public:
  virtual ~Engine() = default;
  // Returns the name of the engine that builds this image: "kubernetes",
  // "local", "docker", "custom", as in the results and the schema.
  virtual absl::string_view NameFor(const plan::ImagePlan& plan) const = 0;
  // Returns why the image cannot be built, as far as that is known before
  // anything is created or sent. Nothing by default.
  virtual std::optional<Failure> CheckBefore(const plan::ImagePlan&,
                                             Cancellation&) {
    return std::nullopt;
  }
  // Returns when the image is pushed or has failed, and everything that was
  // created for it is deleted, also after `cancel`.
  virtual Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                        Cancellation& cancel) = 0;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_ENGINE_H_
