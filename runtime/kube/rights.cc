#include "runtime/kube/rights.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::kube {
namespace {

// Which builds need a right.
enum class For {
  kAll,
  kOwnSecrets,  // those that may create a Secret
  kPullSecret,  // those with a `pullSecret`, and no Secret of their own
  kNodes,       // those that choose a platform, or need to know it
};

struct Row {
  For builds;
  absl::string_view group;
  absl::string_view resource;
  absl::string_view verb;
  bool is_required;
  absl::string_view without;
};

constexpr bool kRequired = true;
constexpr bool kOptional = false;

// Rows of one resource are together: they become one rule.
constexpr Row kRows[] = {
    {For::kAll, "", "pods", "create", kRequired,
     "Builds fail: kaniko runs in a pod."},
    {For::kAll, "", "pods", "list", kRequired,
     "Builds fail, because the state of the pod is unknown. `cleanup` fails."},
    {For::kAll, "", "pods", "watch", kRequired,
     "Builds fail, because they cannot follow their pod."},
    {For::kAll, "", "pods", "delete", kOptional,
     "Each build ends with a warning, and its pod stays until the cluster "
     "deletes it together with its Job. `cleanup` fails."},
    {For::kAll, "", "pods", "get", kOptional,
     "A build fails if the connection breaks while its pod is created or "
     "receives the context."},
    {For::kAll, "", "pods/log", "get", kOptional,
     "Each build ends without the output of kaniko, and failures have no "
     "reason."},
    {For::kAll, "", "pods/exec", "get", kRequired,
     "Builds fail, because the pod does not receive the context."},
    {For::kAll, "", "pods/exec", "create", kRequired,
     "The same as without get, with Kubernetes 1.35 and later."},
    {For::kAll, "", "events", "list", kOptional,
     "Image pulls are not shown, and some failures have no reason."},
    {For::kAll, "", "events", "watch", kOptional, "The same as without list."},
    {For::kAll, "batch", "jobs", "create", kOptional,
     "The objects of a killed build do not expire: they stay until the next "
     "build or `cleanup` deletes them."},
    {For::kAll, "batch", "jobs", "delete", kOptional,
     "The Job of each build stays until it expires."},
    {For::kAll, "batch", "jobs", "list", kOptional,
     "The Job of a killed build stays until it expires: neither the next "
     "build nor `cleanup` finds it."},
    {For::kAll, "batch", "jobs", "get", kOptional,
     "The Job of a build stays until it expires if the connection breaks "
     "while it is created."},
    {For::kOwnSecrets, "", "secrets", "create", kRequired,
     "Builds fail if they have credentials or build secrets of the machine "
     "that starts them."},
    {For::kOwnSecrets, "", "secrets", "patch", kOptional,
     "The Secret of a killed build is not deleted together with its pod."},
    {For::kOwnSecrets, "", "secrets", "delete", kOptional,
     "Each build ends with a warning, and its Secret stays until the cluster "
     "deletes it together with its pod. `cleanup` fails."},
    {For::kOwnSecrets, "", "secrets", "list", kOptional,
     "The Secret of a killed build is not found by the next build, and "
     "`cleanup` fails. The verb allows reading every Secret of the "
     "namespace."},
    {For::kOwnSecrets, "", "secrets", "get", kOptional,
     "A build fails if the connection breaks while its Secret is created. "
     "The verb allows reading every Secret of the namespace."},
    {For::kPullSecret, "", "secrets", "get", kOptional,
     "The content of `pullSecret` is not checked, and its key must be "
     "`.dockerconfigjson`."},
    {For::kNodes, "", "nodes", "list", kOptional,
     "A platform that no node has is not reported before the build, and "
     "without `platforms` TARGETARCH is empty in the Dockerfile. With "
     "`contextRepo` the pod runs an image with the context, and does not mount "
     "the context next to the executor."},
};

bool Applies(For builds, const RightsNeeded& needed) {
  switch (builds) {
    case For::kAll:
      return true;
    case For::kOwnSecrets:
      return needed.creates_secrets;
    case For::kPullSecret:
      // Otherwise all Secrets can be read.
      return !needed.creates_secrets && !needed.pull_secrets.empty();
    case For::kNodes:
      return needed.lists_nodes;
  }
  return false;
}

// Whether the context goes through a registry: the nodes tell whether they
// mount images, and which platforms the image needs.
bool AsksForVolumes(const BuildSpec& spec) {
  return !spec.kaniko->context_repo.empty() &&
         spec.kaniko->context_transfer != config::ContextTransfer::kExec;
}

}  // namespace

void AddRightsNeeded(const BuildSpec& spec, bool waits_for_nodes,
                     RightsNeeded& needed) {
  const bool has_secret_of_machine = std::any_of(
      spec.secrets.begin(), spec.secrets.end(),
      [](const BuildSecret& secret) { return secret.secret_name.empty(); });
  if (UsesOurLogin(spec) || has_secret_of_machine) {
    needed.creates_secrets = true;
  }
  if (!spec.kaniko->pull_secret.empty() &&
      !spec.kaniko->skip_pull_secret_mount) {
    needed.pull_secrets.insert(spec.kaniko->pull_secret);
  }
  if ((spec.platform && spec.needs_own_node && !waits_for_nodes) ||
      AsksForVolumes(spec)) {
    needed.lists_nodes = true;
  }
}

std::vector<Right> RightsFor(const RightsNeeded& needed) {
  std::vector<Right> rights;
  for (const Row& row : kRows) {
    if (!Applies(row.builds, needed)) continue;
    Right& right = rights.emplace_back();
    right.group = std::string(row.group);
    right.resource = std::string(row.resource);
    right.verb = std::string(row.verb);
    right.is_required = row.is_required;
    right.without = std::string(row.without);
    right.is_cluster_wide = row.builds == For::kNodes;
    if (row.builds == For::kPullSecret) {
      right.names.assign(needed.pull_secrets.begin(),
                         needed.pull_secrets.end());
    }
  }
  return rights;
}

std::string Describe(const Right& right) {
  return absl::StrCat(right.verb, " ", right.resource,
                      right.group.empty() ? "" : ".", right.group,
                      right.names.empty() ? "" : "/",
                      absl::StrJoin(right.names, ","));
}

}  // namespace ovenbird::kube
