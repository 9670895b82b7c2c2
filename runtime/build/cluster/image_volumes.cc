#include "runtime/build/cluster/image_volumes.h"

#include <string>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "re2/re2.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

// Kubelets have the option by default since 1.35.
constexpr std::tuple<int, int> kKubelet{1, 35};
constexpr std::tuple<int, int> kContainerd{2, 1};
constexpr std::tuple<int, int> kCrio{1, 31};

// Returns whether a version such as "v1.35.2-gke.1" is at least that one; false
// if it cannot be read.
bool IsAtLeast(absl::string_view version, const std::tuple<int, int>& least) {
  int major = 0;
  int minor = 0;
  return RE2::PartialMatch(re2::StringPiece(version.data(), version.size()),
                           R"re(^v?(\d+)\.(\d+))re", &major, &minor) &&
         std::tuple(major, minor) >= least;
}

// `runtime` is such as "containerd://2.1.4-k3s1".
bool MountsImages(absl::string_view runtime) {
  constexpr absl::string_view kIsContainerd = "containerd://";
  constexpr absl::string_view kIsCrio = "cri-o://";
  if (absl::StartsWith(runtime, kIsContainerd)) {
    return IsAtLeast(runtime.substr(kIsContainerd.size()), kContainerd);
  }
  return absl::StartsWith(runtime, kIsCrio) &&
         IsAtLeast(runtime.substr(kIsCrio.size()), kCrio);
}

}  // namespace

std::string WhyNoImageVolumes(const json::Value& nodes) {
  bool has_nodes = false;
  for (const json::Value& node : nodes["items"].items()) {
    if (node.Get({"metadata", "labels"})[kube::kOsLabel].string_or() !=
        "linux") {
      continue;
    }
    has_nodes = true;
    const json::Value& info = node.Get({"status", "nodeInfo"});
    const absl::string_view kubelet = info["kubeletVersion"].string_or();
    const absl::string_view runtime =
        info["containerRuntimeVersion"].string_or();
    const std::string name =
        absl::StrCat("node `", node.Get({"metadata", "name"}).string_or(), "`");
    if (!IsAtLeast(kubelet, kKubelet)) {
      return absl::StrCat(name, " has Kubernetes ", kubelet,
                          ", and image volumes need 1.35");
    }
    if (!MountsImages(runtime)) {
      return absl::StrCat(name, " has ", runtime,
                          ", and image volumes need containerd 2.1 or CRI-O "
                          "1.31");
    }
  }
  return has_nodes ? "" : "the cluster does not list its nodes";
}

}  // namespace ovenbird::build
