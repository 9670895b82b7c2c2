#include "runtime/build/cluster/image_volumes.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

std::string Node(const std::string& name, const std::string& kubelet,
                 const std::string& runtime, const std::string& os = "linux") {
  return absl::Substitute(
      R"({"metadata":{"name":"$0","labels":{"kubernetes.io/os":"$3"}},
          "status":{"nodeInfo":{"kubeletVersion":"$1",
                                "containerRuntimeVersion":"$2"}}})",
      name, kubelet, runtime, os);
}

std::string Why(const std::string& nodes) {
  return WhyNoImageVolumes(
      *json::Parse(absl::StrCat("{\"items\":[", nodes, "]}")));
}

TEST(ImageVolumesTest, KubeletAndRuntimeMustBeNewEnough) {
  EXPECT_EQ(Why(Node("a", "v1.35.0", "containerd://2.1.0")), "");
  EXPECT_EQ(Why(Node("a", "v1.37.1-gke.5", "containerd://2.2.3-k3s1")), "");
  EXPECT_EQ(Why(Node("a", "v2.0.0", "cri-o://1.35.1")), "");
  EXPECT_EQ(Why(Node("a", "v1.34.9", "containerd://2.1.0")),
            "node `a` has Kubernetes v1.34.9, and image volumes need 1.35");
  EXPECT_EQ(Why(Node("a", "v1.37.1", "containerd://1.6.20~ds1")),
            "node `a` has containerd://1.6.20~ds1, and image volumes need "
            "containerd 2.1 or CRI-O 1.31");
  EXPECT_NE(Why(Node("a", "v1.37.1", "containerd://2.0.5")), "");
  EXPECT_NE(Why(Node("a", "v1.37.1", "docker://27.0.1")), "");
  EXPECT_NE(Why(Node("a", "v1.37.1", "")), "");
  EXPECT_NE(Why(Node("a", "", "containerd://2.1.0")), "");
}

TEST(ImageVolumesTest, AllNodesOfLinuxCount) {
  const std::string good = Node("a", "v1.37.1", "containerd://2.1.9");
  EXPECT_EQ(Why(absl::StrCat(good, ",", good)), "");
  EXPECT_EQ(Why(absl::StrCat(good, ",", Node("w", "v1.30.0", "", "windows"))),
            "");
  EXPECT_EQ(
      Why(absl::StrCat(good, ",", Node("b", "v1.33.0", "containerd://2.1.9"))),
      "node `b` has Kubernetes v1.33.0, and image volumes need 1.35");
  EXPECT_EQ(Why(""), "the cluster does not list its nodes");
}

}  // namespace
}  // namespace ovenbird::build
