// Sends a build context into the pod that waits for it (kube/handover.h).
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_UPLOAD_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_UPLOAD_H_

#include <string>

#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// The pod that waits for the context.
struct UploadTarget {
  std::string name_space;
  std::string pod;
};

// Sends the context in one attempt: streams the tar, compares the digest of
// what arrived with that of what was sent, and lets kaniko start. The memory
// does not depend on the context's size. Sends no program of ours into the pod
// if the variable OVENBIRD_CONTEXT_RECEIVER is `script`. Errors: those of
// kube::Exec and of the context's files; kDataLoss if received content has a
// different digest; kInternal if the pod cannot unpack it.
absl::Status Upload(kube::Client& client, const UploadTarget& target,
                    const plan::ImagePlan& plan, Observer& observer,
                    Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_UPLOAD_H_
