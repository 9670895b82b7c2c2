// Growing pauses between attempts.
#ifndef OVENBIRD_RUNTIME_KUBE_BACKOFF_H_
#define OVENBIRD_RUNTIME_KUBE_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace ovenbird::kube {

// The range of the pauses.
struct BackoffOptions {
  absl::Duration first = absl::Milliseconds(200);
  absl::Duration longest = absl::Seconds(10);
};

// Growing pauses between attempts. Not thread-safe.
class Backoff {
 public:
  explicit Backoff(const BackoffOptions& options = {})
      : options_(options), next_(options.first) {}

  // Returns the next pause, twice as long each time up to the longest.
  absl::Duration Next() {
    const absl::Duration pause = next_;
    next_ = std::min(next_ * 2, options_.longest);
    return pause;
  }
  // Starts again with the first pause, after a success.
  void Reset() { next_ = options_.first; }

 private:
  BackoffOptions options_;
  absl::Duration next_;
};

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_BACKOFF_H_
