// Reads the phases of a build from kaniko's log: base images, the steps of the
// Dockerfile with their place in it, which of them were cached, the push.
#ifndef OVENBIRD_RUNTIME_BUILD_KANIKO_PHASES_H_
#define OVENBIRD_RUNTIME_BUILD_KANIKO_PHASES_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/source_file.h"
#include "runtime/build/dockerfile_line.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::build {

// The phases of one run of kaniko. What a RUN prints can look like a message of
// kaniko: then the phases are wrong, and bounded.
class KanikoPhases {
 public:
  // `dockerfile` may be null: unknown; `rewritten`: what was sent in its place,
  // may be null. `observer` must outlive this.
  KanikoPhases(const SourceFile* dockerfile,
               const rewrite::Rewritten* rewritten, Observer& observer);

  // Tells the observer of the phase that begins with this line of the log
  // (ReadableLine), if one does. kaniko itself began with the first line. The
  // line was written `ago`.
  void Add(absl::string_view line, absl::Duration ago = absl::ZeroDuration());

 private:
  void AddMessage(absl::string_view message);
  void AddStep(absl::string_view instruction);
  void Enter(PhaseKind kind, absl::string_view text);

  Observer& observer_;
  std::vector<AnnouncedStep> steps_;
  size_t next_ = 0;  // of `steps_`, the first that was not seen
  // The last step's.
  int number_ = 0;
  int stage_ = -1;
  // The instructions that kaniko has found in its cache and not run yet.
  std::map<std::string, int> cached_;
  bool has_begun_ = false;
  absl::Duration ago_;  // of the current line
  PhaseKind kind_ = PhaseKind::kStart;
  std::string text_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_KANIKO_PHASES_H_
