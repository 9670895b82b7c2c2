// Expiry of a build's objects, in case this process can no longer delete them:
// a Job that runs nothing, finishes immediately and owns the objects. The
// cluster deletes it, and the objects with it, when its time to live expires.
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
