// A clock in the cluster that takes a build's objects away when we can't any
// more: a Job that is done at once, for it has nothing to do, and that the
// cluster deletes when its time to live is over, with all that it owns.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_EXPIRY_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_EXPIRY_H_

#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {

// How long the objects may be needed, in seconds; on each of them.
inline constexpr char kLifetimeAnnotation[] = "ovenbird.dev/lifetime-seconds";

// A batch/v1 Job with the pod's name, labels and annotations. It makes no pod.
json::Value ExpiryJob(const kube::Manifest& manifest, absl::Duration lifetime);

// Whether the cluster has understood: from Kubernetes 1.21 on.
bool WillExpire(const json::Value& job);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_EXPIRY_H_
