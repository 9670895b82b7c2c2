#include "runtime/build/cluster/api_failure.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/kube/api_error.h"

namespace ovenbird::build {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Case {
  const char* name;
  int code;
  const char* message;
  const char* what;
  const char* hint;
};

class ApiFailureTest : public ::testing::TestWithParam<Case> {};

TEST_P(ApiFailureTest, SaysWhatItMeans) {
  json::Value object;
  object.Set("kind", "Status");
  object.Set("code", GetParam().code);
  object.Set("message", GetParam().message);
  Failure failure =
      ExplainApiError(kube::StatusFromObject(object, "create pod `p`"),
                      "create the build pod", "team");
  EXPECT_EQ(failure.kind, FailureKind::kEnvironment);
  EXPECT_THAT(failure.what, HasSubstr(GetParam().what));
  EXPECT_THAT(failure.hint, HasSubstr(GetParam().hint));
  // The server's own words, always.
  ASSERT_FALSE(failure.details.empty());
  EXPECT_THAT(failure.details[0], StartsWith(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Refusals, ApiFailureTest,
    ::testing::Values(
        Case{"Login", 401, "Unauthorized", "rejected your credentials",
             "log in again"},
        Case{"Rights", 403,
             R"(pods is forbidden: User "jane" cannot create resource "pods" )"
             R"(in API group "" in the namespace "team")",
             "you are not allowed to `create` `pods` in namespace `team`",
             "`ovenbird rbac`"},
        Case{"PriorityClass", 403,
             R"(pods "p" is forbidden: no PriorityClass with name nowhere was )"
             R"(found)",
             "the cluster does not have the priority class",
             "fix `priorityClassName`"},
        Case{"RuntimeClass", 403,
             R"(pods "p" is forbidden: pod rejected: RuntimeClass "nowhere" )"
             R"(not found)",
             "the cluster does not have the runtime class",
             "fix `runtimeClassName`"},
        Case{"ExecWithoutCreate", 403, R"(pods "p" is forbidden: )",
             "you are not allowed to `create` `pods/exec` in namespace `team`",
             "`ovenbird rbac`"},
        // Not to be taken for a service account that is missing.
        Case{"RightsOfAnAccount", 403,
             R"(pods "p" is forbidden: User "system:serviceaccount:ci:bot" )"
             R"(cannot create resource "pods/exec" in API group "" in the )"
             R"(namespace "team")",
             "you are not allowed to `create` `pods/exec` in namespace `team`",
             "role"},
        Case{"Quota", 403,
             R"(pods "p" is forbidden: exceeded quota: none, requested: )"
             R"(pods=1, used: pods=0, limited: pods=0)",
             "exceeds the namespace's quota", "resources"},
        Case{"QuotaWantsLimits", 403,
             R"(pods "p" is forbidden: failed quota: q: must specify )"
             R"(limits.memory)",
             "requires `resources`", "resources.limits"},
        Case{"LimitRange", 403,
             R"(pods "p" is forbidden: maximum memory usage per Container is )"
             R"(50Mi, but limit is 80Mi)",
             "LimitRange", "within its bounds"},
        Case{"PodSecurity", 403,
             R"(pods "p" is forbidden: violates PodSecurity )"
             R"("restricted:latest": runAsNonRoot != true)",
             "Pod Security", "must run as root"},
        Case{"Terminating", 403,
             R"(pods "p" is forbidden: unable to create new content in )"
             R"(namespace team because it is being terminated)",
             "is being deleted", "another namespace"},
        Case{"NoAccount", 403,
             R"(pods "p" is forbidden: error looking up service account )"
             R"(team/bot: serviceaccount "bot" not found)",
             "service account", "`serviceAccount`"},
        Case{"NoNamespace", 404, R"(namespaces "team" not found)",
             "namespace `team` does not exist", "kubectl create namespace"},
        Case{"WebhookRefuses", 400,
             R"(admission webhook "w.example.com" denied the request: no)",
             "webhook rejects", ""},
        Case{"WebhookIsAway", 500,
             R"(Internal error occurred: failed calling webhook )"
             R"("w.example.com": Post "https://w": connection refused)",
             "webhook of the cluster does not answer", "administrator"},
        Case{"Invalid", 422, R"(Pod "p" is invalid: spec: Required value)",
             "invalid", ""}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace ovenbird::build
