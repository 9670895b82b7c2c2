#include "runtime/build/cluster/expiry.h"

#include <string>
#include <utility>
#include <vector>

namespace ovenbird::build {
namespace {

// All but the label of a queue: Kueue would queue the Job, too, though it needs
// nothing of the quota.
json::Value Members(
    const std::vector<std::pair<std::string, std::string>>& members) {
  json::Object object;
  for (const auto& [name, value] : members) {
    if (name != kube::kQueueLabel) object.emplace_back(name, value);
  }
  return object;
}

}  // namespace

json::Value ExpiryJob(const kube::Manifest& manifest, absl::Duration lifetime) {
  const kube::Pod& pod = manifest.pod;
  json::Value metadata;
  metadata.Set("name", *pod.metadata->name);
  metadata.Set("labels", Members(pod.metadata->labels));
  metadata.Set("annotations", Members(pod.metadata->annotations));
  // No pod is made from it, but the API server wants it to be one.
  json::Value container;
  container.Set("name", kube::kKanikoContainer);
  container.Set("image", *pod.spec->containers[0].image);
  json::Value pod_spec;
  pod_spec.Set("restartPolicy", "Never");
  pod_spec.Set("containers", json::Array{std::move(container)});
  json::Value spec;
  spec.Set("completions", 0);
  spec.Set("parallelism", 0);
  spec.Set("ttlSecondsAfterFinished", absl::ToInt64Seconds(lifetime));
  spec.Set("template", json::Object{{"spec", std::move(pod_spec)}});
  json::Value job;
  job.Set("apiVersion", "batch/v1");
  job.Set("kind", "Job");
  job.Set("metadata", std::move(metadata));
  job.Set("spec", std::move(spec));
  return job;
}

bool WillExpire(const json::Value& job) {
  return !job.Get({"spec", "ttlSecondsAfterFinished"}).is_null();
}

}  // namespace ovenbird::build
