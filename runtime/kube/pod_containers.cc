#include "runtime/kube/pod_containers.h"

#include <initializer_list>

namespace ovenbird::kube {
namespace {

const json::Value& FindByName(const json::Value& parent,
                              std::initializer_list<absl::string_view> lists,
                              absl::string_view name) {
  for (absl::string_view list : lists) {
    for (const json::Value& container : parent[list].items()) {
      if (container["name"].string_or() == name) return container;
    }
  }
  static const json::Value* const kNone = new json::Value();
  return *kNone;
}

}  // namespace

const json::Value& ContainerSpec(const json::Value& pod,
                                 absl::string_view name) {
  return FindByName(pod["spec"], {"initContainers", "containers"}, name);
}

const json::Value& ContainerStatus(const json::Value& pod,
                                   absl::string_view name) {
  return FindByName(pod["status"],
                    {"initContainerStatuses", "containerStatuses"}, name);
}

bool IsNativeSidecar(const json::Value& pod, absl::string_view name) {
  const json::Value& spec = FindByName(pod["spec"], {"initContainers"}, name);
  return spec["restartPolicy"].string_or() == "Always";
}

}  // namespace ovenbird::kube
