#include "runtime/doctor/user_namespaces.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "user-namespaces";
constexpr char kNeeds[] =
    "Linux 6.3, containerd 2.0 or CRI-O 1.25, and runc 1.2 or crun 1.9";

// The handler of a runtime class has its own name, which the pod does not say;
// one that has user namespaces is enough then.
bool Runs(const json::Value& pod, const json::Value& node) {
  const bool has_class =
      !pod.Get({"spec", "runtimeClassName"}).string_or().empty();
  for (const json::Value& handler :
       node.Get({"status", "runtimeHandlers"}).items()) {
    if (!has_class && !handler["name"].string_or().empty()) continue;
    if (handler.Get({"features", "userNamespaces"}).bool_or()) return true;
  }
  return false;
}

std::string Described(const json::Value& node) {
  const json::Value& info = node.Get({"status", "nodeInfo"});
  return absl::StrCat("node `", node.Get({"metadata", "name"}).string_or(),
                      "`: ", info["containerRuntimeVersion"].string_or(),
                      ", kubelet ", info["kubeletVersion"].string_or(),
                      ", Linux ", info["kernelVersion"].string_or());
}

}  // namespace

Finding CheckUserNamespaces(const std::string& subject, const json::Value& pod,
                            const absl::StatusOr<json::Value>& nodes) {
  if (pod.Get({"spec", "hostUsers"}).is_null()) {
    return Warning(
        kCheck, subject,
        "the API server ignores `hostUsers: false`: root in the build pod is "
        "root on the node",
        "use a cluster of Kubernetes 1.33 or later, or remove `hostUsers`");
  }
  if (!nodes.ok()) {
    return Warning(kCheck, subject,
                   "not checked whether the nodes have user namespaces: you "
                   "are not allowed to list nodes",
                   absl::StrCat("ask the cluster's administrator: the nodes "
                                "need ",
                                kNeeds));
  }
  size_t good = 0;
  std::vector<std::string> others;
  for (const json::Value& node : (*nodes)["items"].items()) {
    if (node.Get({"metadata", "labels"})[kube::kOsLabel].string_or() !=
        "linux") {
      continue;
    }
    if (Runs(pod, node)) {
      ++good;
    } else {
      others.push_back(Described(node));
    }
  }
  if (others.empty()) {
    return Ok(kCheck, subject, "the nodes run pods in user namespaces");
  }
  Finding finding =
      good == 0
          ? Error(kCheck, subject, "no node runs pods in user namespaces",
                  absl::StrCat("update a node (it needs ", kNeeds,
                               "), or remove `hostUsers: false`"))
          : Warning(kCheck, subject,
                    absl::StrCat(others.size(), " of ", good + others.size(),
                                 " nodes run no pods in user namespaces"),
                    "select the other nodes with `nodeSelector`");
  finding.details = std::move(others);
  return finding;
}

}  // namespace ovenbird::doctor
