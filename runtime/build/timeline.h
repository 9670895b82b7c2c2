// What an image's build did when: its phases, from waiting for other images to
// the push.
#ifndef OVENBIRD_RUNTIME_BUILD_TIMELINE_H_
#define OVENBIRD_RUNTIME_BUILD_TIMELINE_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/steady_time.h"

namespace ovenbird::build {

// The kinds of phases, in the order in which a build with kaniko has them.
enum class PhaseKind {
  kWait,      // for other images, or for a cache volume that one of them uses
  kCheck,     // whether the image is unchanged, or the registry would take it
  kPrepare,   // credentials, the context for a registry, objects in the cluster
  kSchedule,  // until a node has the pod
  kPull,      // the executor's image
  kUpload,    // the context, from this machine to the build
  kStart,     // of containers
  kBase,      // kaniko reads and unpacks a base image, and asks for the cache
  kStep,      // an instruction of the Dockerfile
  kSave,      // what later stages need of a stage
  kPush,      // the image, to its registry
  kBuild,     // everything, by an engine that does not report steps
  kVerify,    // whether the registry has the image
  kCleanUp,   // deletes what the build has created
  kHooks,     // commands of the config
  kPlan,      // of the whole run: the config, Dockerfiles, contexts
};

// A phase of a build. One kind can occur several times.
struct Phase {
  PhaseKind kind = PhaseKind::kPrepare;
  // kStep: the instruction, "RUN npm ci". kPull, kBase and kPush: the image.
  // kWait: what is waited for. kSchedule and kStart: the pod. May be empty.
  std::string text{};
  // Of kStep; from 1 on, and as the board shows them: "[2/9]". 0: unknown.
  int number = 0;
  int count = 0;
  // Of kStep: the stage of the Dockerfile, from 0 on; -1: unknown.
  int stage = -1;
  // Of kStep: the result was in the cache.
  bool cached = false;
  // The build, or an attempt that was repeated, failed in this phase.
  bool failed = false;
  // Names and values of OpenTelemetry's semantic conventions: "k8s.pod.name".
  std::vector<std::pair<std::string, std::string>> attributes{};
  // "linux/arm64", if the image has several; their phases overlap.
  std::string platform{};
  // How long before Observer::Enter it began: a log can arrive late. Zero in a
  // Timeline.
  absl::Duration ago = absl::ZeroDuration();
  // By RunClock.
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfinitePast();

  friend bool operator==(const Phase&, const Phase&) = default;
};

// The phases of a build by their start. Without platforms each one starts when
// the one before it ends.
struct Timeline {
  std::vector<Phase> phases;

  friend bool operator==(const Timeline&, const Timeline&) = default;
};

// What has happened to the current phase.
enum class PhaseMark { kCached, kFailed, kEnded };

// Returns the name for programs: "wait", "clean-up".
absl::string_view Name(PhaseKind kind);

// Returns what a phase does, in a few words: "[2/9] RUN npm ci", "pull
// debian:12".
std::string Label(const Phase& phase);

// Returns whether the build of the phase's platform went on after the phase
// with this index, apart from cleaning up: an attempt that failed in it was
// repeated.
bool WentOnAfter(const Timeline& timeline, size_t index);

// The wall clock of a run: it goes on steadily from the time when the run
// began, even if the machine's clock is set meanwhile.
class RunClock {
 public:
  absl::Time Now() const { return wall_ + (SteadyNow() - steady_); }

 private:
  const absl::Time wall_ = absl::Now();
  const absl::Time steady_ = SteadyNow();
};

// Records the phases of one image. Not thread-safe.
class TimelineRecorder {
 public:
  // `clock` must outlive this.
  explicit TimelineRecorder(const RunClock* clock) : clock_(clock) {}

  // Starts a phase and ends the current one of the same platform: with an
  // empty platform those of all, else also the one without a platform. The
  // phase begins `phase.ago` before now, but not before the ones that it ends.
  // Apart from steps, a phase with the kind and the text of the current one
  // continues it, and can move its start back. After kMostPhases ones, what a
  // RUN could announce without end counts as part of the last one: all but the
  // kinds that end a build. After kMostLastPhases more, everything does.
  // Returns when the phase began.
  absl::Time Enter(Phase phase);
  // As Enter(), for a phase that began at `start`.
  absl::Time EnterSince(Phase phase, absl::Time start);
  // Changes the current phase of a platform. Does nothing without one; a phase
  // that cleans up cannot fail.
  void Mark(absl::string_view platform, PhaseMark mark);
  // Ends all phases and returns them. `failed`: one of them must be the one in
  // which the build failed; if none is marked but those of attempts that were
  // repeated, it is the last that did not only clean up.
  Timeline Finish(bool failed);

  static constexpr size_t kMostPhases = 10'000;
  static constexpr size_t kMostLastPhases = 1'000;

 private:
  bool IsCurrent(const Phase& phase) const;
  absl::Time MoveBack(size_t index, absl::Time start);
  void End(absl::string_view platform, absl::Time now);

  const RunClock* const clock_;
  Timeline timeline_;
  // The index of each platform's current phase.
  std::map<std::string, size_t> open_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_TIMELINE_H_
