#include "runtime/build/cluster/node_clock.h"

#include <algorithm>

namespace ovenbird::build {
namespace {

// Lines of a container's two streams are a little out of order; a clock that
// was set goes back further.
constexpr absl::Duration kOutOfOrder = absl::Seconds(1);

}  // namespace

absl::Duration NodeClock::Ago(absl::Time written, absl::Time now) {
  if (written == absl::InfinitePast()) return absl::ZeroDuration();
  const absl::Duration delay = now - written;
  const bool is_first = latest_ == absl::InfinitePast();
  if (is_first) is_behind_ = written < not_started_;
  if (!is_first && written < latest_ - kOutOfOrder) {
    is_behind_ = true;
    least_delay_ = delay;
    latest_ = written;
  }
  latest_ = std::max(latest_, written);
  least_delay_ = std::min(least_delay_, delay);
  const absl::Duration ahead =
      is_behind_ ? least_delay_ : std::min(least_delay_, absl::ZeroDuration());
  return delay - ahead;
}

}  // namespace ovenbird::build
