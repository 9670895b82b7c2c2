// The pods of an image's builds, whoever started them: a build goes on in its
// pod after its process has been killed.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_BUILD_PODS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_BUILD_PODS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// A pod that builds an image or has built it.
struct BuildPod {
  std::string name;
  std::string platform;  // empty if the image has only one
  Owner owner;           // as the pod's annotations say
  absl::Time created;
  bool has_ended = false;  // kaniko
};

// Returns the pods in a namespace that build the image with this key and name
// of a config, the newest first; without those that are being deleted. Errors
// of Client::List.
absl::StatusOr<std::vector<BuildPod>> FindBuildPods(
    kube::Client& client, absl::string_view name_space, absl::string_view key,
    absl::string_view image, Cancellation* cancel);

// Returns the pod in words, for messages: "pod `p` in namespace `ns`, started
// by me@host".
std::string Describe(const BuildPod& pod, absl::string_view name_space);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_BUILD_PODS_H_
