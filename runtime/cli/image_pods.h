// The pods that build an image of the config, and their logs.
#ifndef OVENBIRD_RUNTIME_CLI_IMAGE_PODS_H_
#define OVENBIRD_RUNTIME_CLI_IMAGE_PODS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/build/cluster/build_pods.h"
#include "runtime/cli/options.h"
#include "runtime/config/config.h"
#include "runtime/kube/client.h"

namespace ovenbird::cli {

// The pods of one image, and the way to them.
struct ImagePods {
  std::unique_ptr<kube::Client> client;
  std::string name_space;
  std::string key;
  std::string image;                  // its name in the config
  std::vector<build::BuildPod> pods;  // the newest first
};

// Returns the pods of image `key` in the namespace that the flags, the config
// or the kube context names. `hurries`: gives up after a few seconds. Errors of
// kube::FindCluster (kNotFound: no cluster is configured) and of
// build::FindBuildPods.
absl::StatusOr<ImagePods> FindImagePods(const Options& options,
                                        const std::string& key,
                                        const config::Image& image,
                                        bool hurries);

// Returns whether the pod was started on this machine by this user, with a
// process that has exited.
bool IsAbandoned(const build::BuildPod& pod);

// Calls `on_line` with each line of kaniko's log in `pod`, as log files have
// it, until it returns false. With `follow` it waits for the container's start,
// which `on_wait` is told of once, and for its end. kFailedPrecondition: kaniko
// has not been started. kNotFound: the pod was deleted.
absl::Status ReadPodLog(const ImagePods& pods, const build::BuildPod& pod,
                        bool follow, absl::FunctionRef<void()> on_wait,
                        absl::FunctionRef<bool(absl::string_view)> on_line);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_IMAGE_PODS_H_
