#include "runtime/kube/role.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/kube/rights.h"

namespace ovenbird::kube {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(RoleTextTest, RoleAndBinding) {
  const std::string text = RoleText({.name_space = "team",
                                     .images = {"app", "web"},
                                     .needed = {.pull_secrets = {"login"}},
                                     .account = "ovenbird"});
  EXPECT_THAT(text, StartsWith(R"(---
# Builds of app, web with engine kubernetes. The comment before a verb says what
# happens without it.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ovenbird
  namespace: team
rules:
- apiGroups: [""]
  resources: ["pods"]
  verbs:
  # Builds fail: kaniko runs in a pod.
  - create
)"));
  EXPECT_THAT(text, HasSubstr(R"(
- apiGroups: ["batch"]
  resources: ["jobs"]
  verbs:
)"));
  EXPECT_THAT(text, EndsWith(R"(
- apiGroups: [""]
  resources: ["secrets"]
  resourceNames: ["login"]
  verbs:
  # The content of `pullSecret` is not checked, and its key must be
  # `.dockerconfigjson`.
  - get
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: ovenbird
  namespace: team
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ovenbird
subjects:
- kind: ServiceAccount
  name: ovenbird
  namespace: team
)"));
}

TEST(RoleTextTest, NodesAreInAClusterRole) {
  const std::string text = RoleText({.name_space = "team",
                                     .images = {"app"},
                                     .needed = {.lists_nodes = true},
                                     .account = "ci",
                                     .account_namespace = "runners"});
  EXPECT_THAT(text, HasSubstr("name: ovenbird-ci\n  namespace: team\n"));
  const std::string end = text.substr(text.find("kind: ClusterRole\n"));
  EXPECT_THAT(end, StartsWith(R"(kind: ClusterRole
metadata:
  name: ovenbird-nodes
rules:
- apiGroups: [""]
  resources: ["nodes"]
  verbs:
)"));
  EXPECT_THAT(end, EndsWith(R"(  - list
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ovenbird-nodes-runners-ci
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ovenbird-nodes
subjects:
- kind: ServiceAccount
  name: ci
  namespace: runners
)"));
}

TEST(RoleTextTest, NamesThatYamlTakesForOtherTypesAreQuoted) {
  const std::string text =
      RoleText({.name_space = "1e3", .images = {"app"}, .account = "on"});
  EXPECT_THAT(text, HasSubstr("\n  namespace: \"1e3\"\n"));
  EXPECT_THAT(text, HasSubstr("\n  name: \"on\"\n"));
}

TEST(RoleTextTest, KeysStayInTheComment) {
  const std::string text = RoleText(
      {.name_space = "team", .images = {"a\nkind: Evil"}, .account = "ci"});
  EXPECT_THAT(text, HasSubstr("# Builds of a?kind: Evil with"));
}

}  // namespace
}  // namespace ovenbird::kube
