#include "runtime/cli/image_pods.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/owner.h"
#include "runtime/kube/access.h"
#include "runtime/kube/log.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/section.h"

namespace ovenbird::cli {
namespace {

// What a user waits for who wants to see a file.
constexpr absl::Duration kHurry = absl::Seconds(2);
constexpr absl::Duration kBetweenStarts = absl::Seconds(1);

// Whether kaniko has ended in the pod, by its name.
absl::StatusOr<bool> HasEnded(const ImagePods& pods, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<build::BuildPod> now,
                   build::FindBuildPods(*pods.client, pods.name_space, pods.key,
                                        pods.image, nullptr));
  for (const build::BuildPod& pod : now) {
    if (pod.name == name) return pod.has_ended;
  }
  return absl::NotFoundError(absl::StrCat("pod `", name, "` was deleted"));
}

}  // namespace

absl::StatusOr<ImagePods> FindImagePods(const Options& options,
                                        const std::string& key,
                                        const config::Image& image,
                                        bool hurries) {
  kube::AccessOptions access_options;
  access_options.context = options.kube_context;
  ASSIGN_OR_RETURN(kube::ClusterAccess access,
                   kube::FindCluster(access_options));
  ImagePods result;
  result.key = key;
  result.image = image.image;
  result.name_space = options.name_space;
  if (result.name_space.empty()) {
    result.name_space = plan::EffectiveKaniko(image)->namespace_;
  }
  if (result.name_space.empty()) result.name_space = access.name_space;
  kube::ClientOptions client_options;
  if (hurries) {
    client_options.request_timeout = kHurry;
    client_options.retry_for = absl::ZeroDuration();
  }
  ASSIGN_OR_RETURN(result.client, kube::Client::New(std::move(access),
                                                    std::move(client_options)));
  ASSIGN_OR_RETURN(result.pods,
                   build::FindBuildPods(*result.client, result.name_space, key,
                                        result.image, nullptr));
  return result;
}

bool IsAbandoned(const build::BuildPod& pod) {
  const build::Owner me = build::ThisProcess();
  return pod.owner.user == me.user && pod.owner.host == me.host &&
         build::LivenessOf(pod.owner.process) == build::Liveness::kEnded;
}

absl::Status ReadPodLog(const ImagePods& pods, const build::BuildPod& pod,
                        bool follow, absl::FunctionRef<void()> on_wait,
                        absl::FunctionRef<bool(absl::string_view)> on_line) {
  kube::LogOptions options;
  options.name_space = pods.name_space;
  options.pod = pod.name;
  options.container = kube::kKanikoContainer;
  options.follow = follow;
  options.has_ended = [&] { return HasEnded(pods, pod.name); };
  bool has_waited = false;
  while (true) {
    const absl::Status status = kube::FollowLog(
        *pods.client, options,
        [&](absl::Time, absl::string_view line) {
          return on_line(build::ReadableLine(line));
        },
        nullptr);
    if (!follow || !absl::IsFailedPrecondition(status)) return status;
    ASSIGN_OR_RETURN(const bool has_ended, HasEnded(pods, pod.name));
    if (has_ended) return status;
    if (!std::exchange(has_waited, true)) on_wait();
    absl::SleepFor(kBetweenStarts);
  }
}

}  // namespace ovenbird::cli
