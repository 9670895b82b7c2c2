// Each image to the engine that its plan asks for.
#ifndef OVENBIRD_RUNTIME_BUILD_ENGINE_BY_BUILDER_H_
#define OVENBIRD_RUNTIME_BUILD_ENGINE_BY_BUILDER_H_

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/build/engine.h"
#include "runtime/plan/builder.h"

namespace ovenbird::build {

class EngineByBuilder : public Engine {
 public:
  using Engines = std::map<plan::Builder, std::unique_ptr<Engine>>;
  // One for each builder that the plan has.
  explicit EngineByBuilder(Engines engines) : engines_(std::move(engines)) {}

  absl::string_view NameFor(const plan::ImagePlan& plan) const override {
    return engines_.at(plan.builder)->NameFor(plan);
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
