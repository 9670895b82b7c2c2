// Who watches a build: the terminal, a log file, a test. Called from the
// thread of the image it is about.
#ifndef OVENBIRD_RUNTIME_BUILD_OBSERVER_H_
#define OVENBIRD_RUNTIME_BUILD_OBSERVER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/build/timeline.h"

namespace ovenbird::build {

// Receives what happens during a build.
class Observer {
 public:
  virtual ~Observer() = default;
  // Receives the current step in a few words: "waiting for the pod on node a".
  virtual void Step(absl::string_view text) = 0;
  // Receives the progress of the current step: "sent 12.3 of 350.0 MB, 8.1
  // MB/s, 0:42 left". Called several times a second; possibly from another
  // thread while the image's own waits. An empty text: no more of it. Does
  // nothing by default.
  virtual void Progress(absl::string_view) {}
  // Receives a line of the build's output, without its line end.
  virtual void Log(absl::string_view line) = 0;
  // Receives the phase that begins now or began `ago`, for programs; what users
  // read is in Step(). It lasts until the next one of its platform. Its start
  // is set only for the observers of a run (RunOptions::observe). Does nothing
  // by default.
  virtual void Enter(const Phase&) {}
  // Receives what has happened to the current phase of a platform ("" if the
  // image has only one). Does nothing by default.
  virtual void Mark(absl::string_view /*platform*/, PhaseMark) {}
  // Receives that further `bytes` of the build context were sent to the
  // builder, as they were sent: compressed or not. Possibly from another
  // thread. Does nothing by default.
  virtual void Sent(int64_t /*bytes*/) {}
  // Receives a warning that does not end the build.
  virtual void Warn(absl::string_view text) = 0;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_OBSERVER_H_
