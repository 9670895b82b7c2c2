// Growing pauses between attempts.
#ifndef OVENBIRD_RUNTIME_KUBE_BACKOFF_H_
#define OVENBIRD_RUNTIME_KUBE_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace ovenbird::kube {

struct BackoffOptions {
  absl::Duration first = absl::Milliseconds(200);
  absl::Duration longest = absl::Seconds(10);
};

class Backoff {
 public:
  explicit Backoff(const BackoffOptions& options = {})
      : options_(options), next_(options.first) {}

  // Twice as long each time.
  absl::Duration Next() {
    const absl::Duration pause = next_;
    next_ = std::min(next_ * 2, options_.longest);
    return pause;
  }
  void Reset() { next_ = options_.first; }

 private:
  BackoffOptions options_;
  absl::Duration next_;
};

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_BACKOFF_H_
