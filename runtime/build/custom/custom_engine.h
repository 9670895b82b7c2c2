// Engine `custom`: a command of the user's, on this machine.
#ifndef OVENBIRD_RUNTIME_BUILD_CUSTOM_CUSTOM_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_CUSTOM_CUSTOM_ENGINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/build/engine.h"

namespace ovenbird::build {

// Runs it in the config's folder without a shell, as DevSpace 4.11 does. What
// it does with the image is its own affair: no digest is known.
class CustomEngine : public Engine {
 public:
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "custom";
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;
};

// `command args... imageFlag name:tag appendArgs...`; flag and name once for
// each tag.
std::vector<std::string> CustomCommand(const plan::ImagePlan& plan);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CUSTOM_CUSTOM_ENGINE_H_
