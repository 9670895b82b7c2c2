#include "runtime/build/cluster/node_platforms.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/build/cluster/image_volumes.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {

NodeArchitectures CountArchitectures(const json::Value& nodes) {
  NodeArchitectures count;
  for (const json::Value& node : nodes["items"].items()) {
    const json::Value& labels = node.Get({"metadata", "labels"});
    if (labels[kube::kOsLabel].string_or() != "linux") continue;
    const absl::string_view name = labels[kube::kArchitectureLabel].string_or();
    if (!name.empty()) ++count[std::string(name)];
  }
  return count;
}

ClusterNodes FindNodes(kube::Client& client, Cancellation& cancel) {
  kube::Resource nodes;
  nodes.plural = "nodes";
  const absl::StatusOr<json::Value> list = client.List(nodes, {}, &cancel);
  ClusterNodes found;
  if (list.ok()) {
    found.architectures = CountArchitectures(*list);
    found.no_image_volumes = WhyNoImageVolumes(*list);
  } else if (absl::IsPermissionDenied(list.status())) {
    found.no_image_volumes =
        "the nodes are unknown (you are not allowed to list them)";
  }
  return found;
}

std::string CommonPlatform(const NodeArchitectures& nodes) {
  if (nodes.size() != 1) return "";
  return absl::StrCat("linux/", nodes.begin()->first);
}

std::optional<Failure> CheckNodes(const NodeArchitectures& nodes,
                                  const Platform& platform) {
  if (nodes.empty() || nodes.count(platform.architecture) > 0) {
    return std::nullopt;
  }
  std::vector<std::string> found;
  for (const auto& [architecture, count] : nodes) {
    found.push_back(absl::StrCat(count, " of ", architecture));
  }
  Failure failure;
  failure.what =
      absl::StrCat("no ", platform.architecture, " node in this cluster");
  failure.details = {absl::StrCat("nodes: ", absl::StrJoin(found, ", "))};
  failure.hint = absl::StrCat(
      "remove ", platform.ToString(),
      " from the platforms, or add such a node; if an autoscaler adds one for "
      "a waiting pod, give --schedule-timeout");
  return failure;
}

}  // namespace ovenbird::build
