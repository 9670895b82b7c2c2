// Each image to the engine that its plan asks for.
#ifndef OVENBIRD_RUNTIME_BUILD_ENGINE_BY_BUILDER_H_
#define OVENBIRD_RUNTIME_BUILD_ENGINE_BY_BUILDER_H_

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/build/engine.h"
#include "runtime/plan/builder.h"

namespace ovenbird::build {

// Passes each image to the engine of its builder.
class EngineByBuilder : public Engine {
 public:
  using Engines = std::map<plan::Builder, std::unique_ptr<Engine>>;
  // `engines` has one for each builder of the plan.
  explicit EngineByBuilder(Engines engines) : engines_(std::move(engines)) {}

  absl::string_view NameFor(const plan::ImagePlan& plan) const override {
    return engines_.at(plan.builder)->NameFor(plan);
  }
  std::optional<Failure> CheckBefore(const plan::ImagePlan& plan,
                                     Cancellation& cancel) override {
    return engines_.at(plan.builder)->CheckBefore(plan, cancel);
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override {
    return engines_.at(plan.builder)->Build(plan, observer, cancel);
  }

 private:
  const Engines engines_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_ENGINE_BY_BUILDER_H_
