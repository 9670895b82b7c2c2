// Engine `custom`: a command of the user's, on this machine.
#ifndef OVENBIRD_RUNTIME_BUILD_CUSTOM_CUSTOM_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_CUSTOM_CUSTOM_ENGINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/build/engine.h"

namespace ovenbird::build {

// Runs the command in the config's folder without a shell, as DevSpace 4.11
// does. The digest is unknown, since the command decides what happens to the
// image.
class CustomEngine : public Engine {
 public:
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "custom";
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;
};

// Returns `command args... imageFlag name:tag appendArgs...`, with the flag and
// the name once for each tag.
std::vector<std::string> CustomCommand(const plan::ImagePlan& plan);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CUSTOM_CUSTOM_ENGINE_H_
