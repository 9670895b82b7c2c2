#include "runtime/build/cluster/build_pods.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"
#include "runtime/base/rfc3339.h"
#include "runtime/base/status_macros.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::build {
namespace {

std::string AnnotationOf(const json::Value& pod, absl::string_view name) {
  return std::string(pod.Get({"metadata", "annotations", name}).string_or());
}

bool HasEnded(const json::Value& pod) {
  const absl::string_view phase = pod.Get({"status", "phase"}).string_or();
  return phase == "Succeeded" || phase == "Failed" ||
         !kube::ContainerStatus(pod, kube::kKanikoContainer)
              .Get({"state", "terminated"})
              .is_null();
}

// A label holds only a part of some keys, and several projects of a namespace
// can have the same keys.
bool Builds(const json::Value& pod, absl::string_view key,
            absl::string_view image) {
  return pod.Get({"metadata", "labels", kube::kManagedByLabel}).string_or() ==
             kube::kManagedByValue &&
         AnnotationOf(pod, kube::kImageKeyAnnotation) == key &&
         AnnotationOf(pod, kube::kDestinationAnnotation) == image &&
         pod.Get({"metadata", "deletionTimestamp"}).is_null();
}

BuildPod FromJson(const json::Value& pod) {
  BuildPod result;
  result.name = std::string(pod.Get({"metadata", "name"}).string_or());
  result.platform = AnnotationOf(pod, kube::kPlatformAnnotation);
  result.owner = {AnnotationOf(pod, kUserAnnotation),
                  AnnotationOf(pod, kHostAnnotation),
                  AnnotationOf(pod, kProcessAnnotation)};
  result.created =
      ParseRfc3339(pod.Get({"metadata", "creationTimestamp"}).string_or())
          .value_or(absl::InfinitePast());
  result.has_ended = HasEnded(pod);
  return result;
}

}  // namespace

absl::StatusOr<std::vector<BuildPod>> FindBuildPods(
    kube::Client& client, absl::string_view name_space, absl::string_view key,
    absl::string_view image, Cancellation* cancel) {
  constexpr size_t kMostLabel = 63;
  kube::ListOptions select;
  select.label_selector =
      absl::StrCat(kube::kManagedByLabel, "=", kube::kManagedByValue, ",",
                   kube::kImageKeyLabel, "=", kube::NamePart(key, kMostLabel));
  ASSIGN_OR_RETURN(
      const json::Value listed,
      client.List(kube::ResourceOf("pods", name_space), select, cancel));
  std::vector<BuildPod> pods;
  for (const json::Value& pod : listed["items"].items()) {
    if (Builds(pod, key, image)) pods.push_back(FromJson(pod));
  }
  std::stable_sort(pods.begin(), pods.end(),
                   [](const BuildPod& a, const BuildPod& b) {
                     return a.created > b.created;
                   });
  return pods;
}

std::string Describe(const BuildPod& pod, absl::string_view name_space) {
  std::string text =
      absl::StrCat("pod `", pod.name, "` in namespace `", name_space, "`");
  if (!pod.platform.empty()) absl::StrAppend(&text, " (", pod.platform, ")");
  if (!pod.owner.user.empty()) {
    absl::StrAppend(&text, ", started by ", pod.owner.user, "@",
                    pod.owner.host);
  }
  if (LivenessOf(pod.owner.process) == Liveness::kEnded) {
    absl::StrAppend(&text, ", whose process ", PidOf(pod.owner.process),
                    " has exited");
  }
  return text;
}

}  // namespace ovenbird::build
