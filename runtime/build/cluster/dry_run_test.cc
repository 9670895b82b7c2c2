#include "runtime/build/cluster/dry_run.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/config/config.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::build {
namespace {

using kube::testing::ClientOf;
using kube::testing::StatusResponse;
using net::testing::EachRequest;
using net::testing::Server;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The answer of an API server to an invalid pod.
constexpr char kInvalid[] = R"({"kind":"Status","apiVersion":"v1",
    "metadata":{},"status":"Failure",
    "message":"Pod \"p\" is invalid: spec.tolerations[0].operator: bad",
    "reason":"Invalid","details":{"name":"p","kind":"Pod","causes":[
    {"reason":"FieldValueNotSupported","message":"Unsupported value: \"Lt\"",
     "field":"spec.tolerations[0].operator"},
    {"reason":"FieldValueRequired","message":"Required value"}]},"code":422})";

class DryRunTest : public ::testing::Test {
 protected:
  DryRunTest() {
    spec_.key = "app";
    spec_.build_id = "0123456789";
    spec_.image = "registry.example.com/app";
    spec_.kaniko = &kaniko_;
  }

  DryRunResult Run(const net::Response& answer) {
    Server server(EachRequest([&](const net::Request& request) {
      targets_.push_back(request.target);
      return absl::StrContains(request.target, "/pods")
                 ? answer
                 : net::Response{201, {}, "{}"};
    }));
    Cancellation cancel;
    return TryToCreate(*ClientOf(server), spec_, "team", cancel);
  }

  config::Kaniko kaniko_;
  kube::BuildSpec spec_;
  std::vector<std::string> targets_;
};

TEST_F(DryRunTest, TheClusterAcceptsTheObjects) {
  spec_.docker_config = R"({"auths":{}})";
  const DryRunResult result =
      Run({201, {{"Warning", R"(299 - "would violate PodSecurity")"}}, "{}"});
  EXPECT_FALSE(result.pod.failure.has_value());
  EXPECT_THAT(result.pod.warnings, ElementsAre("would violate PodSecurity"));
  ASSERT_TRUE(result.secret.has_value());
  EXPECT_FALSE(result.secret->failure.has_value());
  EXPECT_EQ(result.pod.sent["kind"].string_or(), "Pod");
  ASSERT_TRUE(result.pod.answer.ok());
  EXPECT_TRUE(result.pod.answer->is_null() || result.pod.answer->as_object());
  EXPECT_THAT(targets_,
              ElementsAre("/api/v1/namespaces/team/secrets?dryRun=All",
                          "/api/v1/namespaces/team/pods?dryRun=All"));
}

TEST_F(DryRunTest, TheFieldsThatItRejects) {
  const DryRunResult result = Run({422, {}, kInvalid});
  ASSERT_TRUE(result.pod.failure.has_value());
  EXPECT_THAT(targets_, ElementsAre("/api/v1/namespaces/team/pods?dryRun=All"));
  ASSERT_EQ(result.pod.failure->rejected.size(), 1);
  EXPECT_EQ(result.pod.failure->rejected[0].field,
            "spec.tolerations[0].operator");
  EXPECT_EQ(result.pod.failure->rejected[0].problem,
            "Unsupported value: \"Lt\"");
  // No file has the option.
  EXPECT_EQ(result.pod.failure->kind, FailureKind::kEnvironment);
  EXPECT_THAT(result.pod.failure->diagnostics, IsEmpty());
}

// Quotas, Pod Security and webhooks name no field.
TEST_F(DryRunTest, RefusalsWithoutAFieldStay) {
  const DryRunResult result =
      Run(StatusResponse(403, "Forbidden", "exceeded quota: q"));
  ASSERT_TRUE(result.pod.failure.has_value());
  EXPECT_THAT(result.pod.failure->what, HasSubstr("quota"));
  EXPECT_THAT(result.pod.failure->rejected, IsEmpty());
  EXPECT_EQ(result.pod.failure->kind, FailureKind::kEnvironment);
}

TEST_F(DryRunTest, AWebhookWithoutDryRuns) {
  const DryRunResult result = Run(StatusResponse(
      400, "BadRequest", R"(admission webhook "w" does not support dry run)"));
  ASSERT_TRUE(result.pod.failure.has_value());
  EXPECT_THAT(result.pod.failure->what, HasSubstr("does not support dry runs"));
}

}  // namespace
}  // namespace ovenbird::build
