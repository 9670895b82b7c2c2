#include "runtime/build/cluster/node_taints.h"

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::build {
namespace {

// A cluster may have hundreds of nodes.
constexpr size_t kMostTaints = 5;

}  // namespace

std::string DescribeTaints(const json::Value& nodes) {
  // Each once, with one of its nodes.
  std::map<std::string, std::string> taints;
  for (const json::Value& node : nodes["items"].items()) {
    for (const json::Value& taint : node.Get({"spec", "taints"}).items()) {
      const absl::string_view effect = taint["effect"].string_or();
      if (effect == "PreferNoSchedule") continue;
      const absl::string_view value = taint["value"].string_or();
      taints.try_emplace(
          absl::StrCat(taint["key"].string_or(), value.empty() ? "" : "=",
                       value, ":", effect),
          node.Get({"metadata", "name"}).string_or());
    }
  }
  std::string text;
  size_t count = 0;
  for (const auto& [taint, node] : taints) {
    if (++count > kMostTaints) return absl::StrCat(text, ", ...");
    absl::StrAppend(&text, text.empty() ? "taints: " : ", ", taint, " (node ",
                    node, ")");
  }
  return text;
}

std::string FindTaints(kube::Client& client, Cancellation& cancel) {
  kube::Resource nodes;
  nodes.plural = "nodes";
  const absl::StatusOr<json::Value> list = client.List(nodes, {}, &cancel);
  return list.ok() ? DescribeTaints(*list) : "";
}

}  // namespace ovenbird::build
