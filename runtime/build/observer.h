// Who watches a build: the terminal, a log file, a test. Called from the
// thread of the image it is about.
#ifndef OVENBIRD_RUNTIME_BUILD_OBSERVER_H_
#define OVENBIRD_RUNTIME_BUILD_OBSERVER_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::build {

class Observer {
 public:
  virtual ~Observer() = default;
  // What happens now, in a few words: "waiting for the pod on node a".
  virtual void Step(absl::string_view text) = 0;
  // How far the current step is: "sent 12.3 of 350.0 MB, 8.1 MB/s, 0:42 left".
  // Several a second; may come from another thread while the image's own waits.
  // An empty text: no more of it. Who only wants the steps need not take it.
  virtual void Progress(absl::string_view) {}
  // A line of kaniko's output, without its end.
  virtual void Log(absl::string_view line) = 0;
  // Something to know that does not end the build.
  virtual void Warn(absl::string_view text) = 0;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_OBSERVER_H_
