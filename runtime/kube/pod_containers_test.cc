#include "runtime/kube/pod_containers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/base/json.h"

namespace ovenbird::kube {
namespace {

json::Value InjectedPod() {
  return *json::Parse(R"({
      "spec":{
        "initContainers":[{"name":"mesh","restartPolicy":"Always","image":"m"},
                          {"name":"context","image":"c"}],
        "containers":[{"name":"aaa","image":"a","restartPolicy":"Always"},
                      {"name":"kaniko","image":"k"}]},
      "status":{
        "initContainerStatuses":[{"name":"mesh","image":"m"},
                                 {"name":"context","image":"c"}],
        "containerStatuses":[{"name":"aaa","image":"a"},
                             {"name":"kaniko","image":"k"}]}})");
}

TEST(PodContainersTest, Names) {
  EXPECT_EQ(ContainerNames(InjectedPod()),
            (std::vector<std::string>{"mesh", "context", "aaa", "kaniko"}));
  EXPECT_TRUE(ContainerNames({}).empty());
  EXPECT_TRUE(IsInitContainer(InjectedPod(), "context"));
  EXPECT_FALSE(IsInitContainer(InjectedPod(), "kaniko"));
}

TEST(PodContainersTest, AreFoundByName) {
  const json::Value pod = InjectedPod();
  struct {
    const char* name;
    const char* image;
    bool native_sidecar;
  } cases[] = {
      {"mesh", "m", true},    {"context", "c", false}, {"aaa", "a", false},
      {"kaniko", "k", false}, {"other", "", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(ContainerSpec(pod, test.name)["image"].string_or(), test.image);
    EXPECT_EQ(ContainerStatus(pod, test.name)["image"].string_or(), test.image);
    EXPECT_EQ(IsNativeSidecar(pod, test.name), test.native_sidecar)
        << test.name;
  }
  EXPECT_TRUE(ContainerStatus(pod, "other").is_null());
  EXPECT_TRUE(ContainerStatus(json::Value(), "kaniko").is_null());
}

}  // namespace
}  // namespace ovenbird::kube
