// The RBAC objects that give an account the rights for builds.
#ifndef OVENBIRD_RUNTIME_KUBE_ROLE_H_
#define OVENBIRD_RUNTIME_KUBE_ROLE_H_

#include <string>
#include <vector>

#include "runtime/kube/rights.h"

namespace ovenbird::kube {

// One namespace's part of the rights.
struct RoleRequest {
  std::string name_space;           // of the builds
  std::vector<std::string> images;  // keys of the config
  RightsNeeded needed;
  std::string account;            // a service account
  std::string account_namespace;  // empty: `name_space`
};

// Returns the objects in YAML, each with its line `---`: Role and RoleBinding,
// and ClusterRole and ClusterRoleBinding if a right is not in a namespace. A
// comment at each verb says what stops working without it.
std::string RoleText(const RoleRequest& request);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_ROLE_H_
