// The containers of a Pod object, by name. Their positions have no meaning: an
// admission webhook may add containers anywhere, and the kubelet sorts the
// statuses by name.
#ifndef OVENBIRD_RUNTIME_KUBE_POD_CONTAINERS_H_
#define OVENBIRD_RUNTIME_KUBE_POD_CONTAINERS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {

// Returns the names of all containers, init containers first.
std::vector<std::string> ContainerNames(const json::Value& pod);

// Returns the specification of container or init container `name`; null if the
// pod has no such container.
const json::Value& ContainerSpec(const json::Value& pod,
                                 absl::string_view name);

// Returns the status of container or init container `name`; null until the
// kubelet has written it.
const json::Value& ContainerStatus(const json::Value& pod,
                                   absl::string_view name);

// Returns whether any container or init container of the pod runs or has run.
bool AnyContainerHasStarted(const json::Value& pod);

// Returns whether `name` is an init container.
bool IsInitContainer(const json::Value& pod, absl::string_view name);

// Returns whether `name` is an init container that runs next to the others for
// as long as the pod does, and that the kubelet restarts (Kubernetes 1.28 and
// later).
bool IsNativeSidecar(const json::Value& pod, absl::string_view name);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_POD_CONTAINERS_H_
