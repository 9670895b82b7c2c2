// How long failures are put up with.
#ifndef OVENBIRD_RUNTIME_KUBE_PATIENCE_H_
#define OVENBIRD_RUNTIME_KUBE_PATIENCE_H_

#include <optional>

#include "absl/time/time.h"
#include "runtime/base/steady_time.h"

namespace ovenbird::kube {

// How long a server that was away may refuse what it has allowed before: its
// rules (RBAC) may be read later than its port is open.
inline constexpr absl::Duration kRefusalPatience = absl::Seconds(30);

// How long descriptors that this process lacks (`ulimit -n`) are waited for:
// other builds of the run may be about to end.
inline constexpr absl::Duration kDescriptorPatience = absl::Seconds(2);

// A time limit that counts from the first failure after an answer, so that a
// server may be quiet for as long as it likes. Not thread-safe.
class Patience {
 public:
  // Notes an answer.
  void Renew() { since_.reset(); }
  // Notes a failure. Returns whether failures have lasted for more than
  // `limit`; never at the first one, so that there is always another attempt.
  bool IsOver(absl::Duration limit) {
    const absl::Time now = SteadyNow();
    if (!since_) {
      since_ = now;
      return false;
    }
    return now - *since_ > limit;
  }

 private:
  std::optional<absl::Time> since_;  // of the first failure
};

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_PATIENCE_H_
