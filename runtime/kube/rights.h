// The rights that builds need in the cluster, each with what stops working
// without it. Every request of the tool has a row here:
// build/cluster/kubernetes_engine_test.cc compares the table with the requests
// of builds.
#ifndef OVENBIRD_RUNTIME_KUBE_RIGHTS_H_
#define OVENBIRD_RUNTIME_KUBE_RIGHTS_H_

#include <set>
#include <string>
#include <vector>

#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {

// The right to use one verb on one resource, as RBAC has it.
struct Right {
  std::string group;     // "batch"; empty: the core API
  std::string resource;  // "pods/log"
  std::string verb;      // "list"
  // The only objects that the right is for; empty: all.
  std::vector<std::string> names;
  // The resource is not in a namespace.
  bool is_cluster_wide = false;
  // Builds fail without the right. Otherwise they do less.
  bool is_required = false;
  // What stops working without the right, in sentences.
  std::string without;
};

// What decides which rights builds need.
struct RightsNeeded {
  // A build may create a Secret, for credentials or build secrets of the
  // machine that it is started on.
  bool creates_secrets = false;
  // The names of the `pullSecret`s.
  std::set<std::string> pull_secrets;
  // The nodes are listed, to know their platforms and versions.
  bool lists_nodes = false;
};

// Adds what a build needs to `needed`. Credentials of this machine do not
// matter, because another one may build. `waits_for_nodes`: an autoscaler may
// add the node (--schedule-timeout).
void AddRightsNeeded(const BuildSpec& spec, bool waits_for_nodes,
                     RightsNeeded& needed);

// Returns the rights, in the order in which they are printed.
std::vector<Right> RightsFor(const RightsNeeded& needed);

// Returns "list pods", "get secrets/login", "create jobs.batch".
std::string Describe(const Right& right);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_RIGHTS_H_
