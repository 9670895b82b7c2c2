// A clock in the cluster that takes a build's objects away when we can't any
// more: a Job that is done at once, for it has nothing to do, and that the
// cluster deletes when its time to live is over, with all that it owns.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_EXPIRY_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_EXPIRY_H_

#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {

// Annotation of each object: how long it may be needed, in seconds.
inline constexpr char kLifetimeAnnotation[] = "ovenbird.dev/lifetime-seconds";

// Returns a batch/v1 Job with the pod's name, labels and annotations, which
// creates no pod and expires `lifetime` after its creation.
json::Value ExpiryJob(const kube::Manifest& manifest, absl::Duration lifetime);

// Returns whether the cluster has accepted the lifetime of the created Job, as
// Kubernetes 1.21 and later do.
bool WillExpire(const json::Value& job);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_EXPIRY_H_
