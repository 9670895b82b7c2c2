// Whatever the bytes are: a kubeconfig is read or refused with a place, its
// paths are absolute, its entries are found by name, and merging it with itself
// changes nothing.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/kubeconfig.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::kube {
namespace {

using fuzz::Require;

constexpr char kPath[] = "/etc/kube/config";

void CheckFile(const FileOrData& content) {
  Require(content.file.empty() || absl::StartsWith(content.file, "/"),
          "a file is absolute");
}

void CheckEntries(const Kubeconfig& config) {
  for (const ConfigCluster& cluster : config.clusters) {
    Require(!cluster.name.empty(), "a cluster has a name");
    Require(config.FindCluster(cluster.name) != nullptr, "it is found");
    Require(absl::StartsWith(cluster.where, kPath), "it has a place");
    CheckFile(cluster.ca);
  }
  for (const ConfigUser& user : config.users) {
    Require(!user.name.empty(), "a user has a name");
    Require(config.FindUser(user.name) != nullptr, "it is found");
    CheckFile(user.client_cert);
    CheckFile(user.client_key);
    if (!user.exec) continue;
    Require(!user.exec->command.empty(), "a plugin has a command");
    Require(!absl::StrContains(user.exec->command, '/') ||
                absl::StartsWith(user.exec->command, "/"),
            "a command with a folder is absolute");
  }
  for (const ConfigContext& context : config.contexts) {
    Require(config.FindContext(context.name) != nullptr, "it is found");
  }
}

void Check(absl::string_view text) {
  const absl::StatusOr<Kubeconfig> config =
      ParseKubeconfig(kPath, std::string(text));
  if (!config.ok()) {
    Require(absl::IsInvalidArgument(config.status()) &&
                absl::StartsWith(config.status().message(), kPath),
            "an error names the file");
    return;
  }
  CheckEntries(*config);
  const Kubeconfig once = MergeKubeconfigs({*config});
  const Kubeconfig twice = MergeKubeconfigs({*config, *config});
  Require(once.clusters.size() == twice.clusters.size() &&
              once.users.size() == twice.users.size() &&
              once.contexts.size() == twice.contexts.size() &&
              once.current_context == config->current_context,
          "a file merged with itself is the same");
}

}  // namespace
}  // namespace ovenbird::kube

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::kube::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
