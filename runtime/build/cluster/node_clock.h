// The clock of a node, against this machine's: how long ago a line of a log was
// written.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_CLOCK_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_CLOCK_H_

#include "absl/time/time.h"

namespace ovenbird::build {

// Tells late lines from clocks that differ. Clocks agree unless a line was
// written after it arrived or before the container was started; then the line
// that arrived with the least delay is taken for one without a delay.
class NodeClock {
 public:
  // The container was not started at `now`, by this machine's clock.
  explicit NodeClock(absl::Time now) : not_started_(now) {}

  // Notes that the container was not started at `now` either.
  void NoteNotStarted(absl::Time now) { not_started_ = now; }

  // Returns how long before `now`, by this machine's clock, a line was written
  // that arrives now; `written` is the time of the node's clock. Never less
  // than zero; zero if `written` is the infinite past: unknown.
  absl::Duration Ago(absl::Time written, absl::Time now);

 private:
  absl::Time not_started_;
  // Of the lines so far, by the node's clock.
  absl::Time latest_ = absl::InfinitePast();
  // By how much this machine's clock is ahead, at the most.
  absl::Duration least_delay_ = absl::InfiniteDuration();
  bool is_behind_ = false;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_NODE_CLOCK_H_
