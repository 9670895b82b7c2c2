// The deadline of a build.
#ifndef OVENBIRD_RUNTIME_KUBE_TIMEOUT_H_
#define OVENBIRD_RUNTIME_KUBE_TIMEOUT_H_

#include "absl/time/time.h"
#include "runtime/config/config.h"

namespace ovenbird::kube {

// Returns `timeout` of the `kaniko` object; infinite if it is not set.
inline absl::Duration TimeoutOf(const config::Kaniko& kaniko) {
  absl::Duration timeout;
  return absl::ParseDuration(kaniko.timeout, &timeout)
             ? timeout
             : absl::InfiniteDuration();
}

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_TIMEOUT_H_
