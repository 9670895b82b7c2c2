// Something that can build an image from a plan.
#ifndef OVENBIRD_RUNTIME_BUILD_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_ENGINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

struct Outcome {
  std::string digest;  // "sha256:..."
  std::vector<std::string> warnings;
  std::optional<Failure> failure;
};

// Thread-safe: several images are built at the same time.
class Engine {
 public:
  virtual ~Engine() = default;
  // Which engine builds this image: "kubernetes", "local", "docker", "custom",
  // as in the results and the schema.
  virtual absl::string_view NameFor(const plan::ImagePlan& plan) const = 0;
  // Returns when the image is pushed or can't be, and all that was made for
  // it is gone again, also when `cancel` ended it.
  virtual Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                        Cancellation& cancel) = 0;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_ENGINE_H_
