// Reads the steps of a build from the output of `docker build`.
#ifndef OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_PHASES_H_
#define OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_PHASES_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/build/observer.h"

namespace ovenbird::build {

// The steps of one build: of Docker's classic builder ("Step 3/9 : RUN make"),
// and of BuildKit ("#7 [build 3/9] RUN make"), which counts the steps of each
// stage. BuildKit runs stages at the same time: then a step lasts until the
// next one begins.
class DockerPhases {
 public:
  // `observer` must outlive this.
  explicit DockerPhases(Observer& observer) : observer_(observer) {}

  // Tells the observer of the step that begins with this line, if one does.
  void Add(absl::string_view line);

 private:
  void AddStep(int number, int count, const std::string& text);

  Observer& observer_;
  // BuildKit's names of steps: "#7".
  std::set<std::string> seen_;
  std::string current_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_PHASES_H_
