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

std::vector<std::string> ContainerNames(const json::Value& pod) {
  std::vector<std::string> names;
  for (const char* list : {"initContainers", "containers"}) {
    for (const json::Value& container : pod["spec"][list].items()) {
      names.emplace_back(container["name"].string_or());
    }
  }
  return names;
}

const json::Value& ContainerSpec(const json::Value& pod,
                                 absl::string_view name) {
  return FindByName(pod["spec"], {"initContainers", "containers"}, name);
}

const json::Value& ContainerStatus(const json::Value& pod,
                                   absl::string_view name) {
  return FindByName(pod["status"],
                    {"initContainerStatuses", "containerStatuses"}, name);
}

bool AnyContainerHasStarted(const json::Value& pod) {
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& container : pod.Get({"status", list}).items()) {
      const json::Value& state = container["state"];
      if (!state["running"].is_null() || !state["terminated"].is_null()) {
        return true;
      }
    }
  }
  return false;
}

bool IsInitContainer(const json::Value& pod, absl::string_view name) {
  return !FindByName(pod["spec"], {"initContainers"}, name).is_null();
}

bool IsNativeSidecar(const json::Value& pod, absl::string_view name) {
  const json::Value& spec = FindByName(pod["spec"], {"initContainers"}, name);
  return spec["restartPolicy"].string_or() == "Always";
}

}  // namespace ovenbird::kube
