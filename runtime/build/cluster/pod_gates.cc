#include "runtime/build/cluster/pod_gates.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

// Kueue has one gate for its queues and one for its choice of nodes.
constexpr char kKueueGates[] = "kueue.x-k8s.io/";

}  // namespace

std::string DescribeGates(const json::Value& pod) {
  const absl::string_view queue =
      pod.Get({"metadata", "labels", kube::kQueueLabel}).string_or();
  bool in_queue = false;
  std::vector<std::string> others;
  for (const json::Value& gate : pod.Get({"spec", "schedulingGates"}).items()) {
    const absl::string_view name = gate["name"].string_or();
    if (absl::StartsWith(name, kKueueGates) && !queue.empty()) {
      in_queue = true;
    } else {
      others.push_back(absl::StrCat("`", name, "`"));
    }
  }
  if (!in_queue && others.empty()) return "";
  std::string text = "waiting";
  if (in_queue) absl::StrAppend(&text, " in queue `", queue, "`");
  if (others.empty()) return text;
  return absl::StrCat(
      text, in_queue ? ", and" : "", " for the removal of the ",
      others.size() > 1 ? "scheduling gates " : "scheduling gate ",
      absl::StrJoin(others, ", "));
}

}  // namespace ovenbird::build
