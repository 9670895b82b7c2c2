#include "runtime/doctor/rights.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::doctor {
namespace {

using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::StatusResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "STATE SUBJECT: TEXT" of each.
std::vector<std::string> Lines(const Findings& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    lines.push_back(absl::StrCat(ToString(finding.state), " ", finding.subject,
                                 ": ", finding.text));
  }
  return lines;
}

RightAnswer Allowed() {
  RightAnswer answer;
  answer.allowed = true;
  return answer;
}

TEST(RightsTest, TheQuestion) {
  std::vector<std::string> bodies;
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.target,
                  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
        const json::Value attributes =
            (*json::Parse(request.body))["spec"]["resourceAttributes"];
        bodies.push_back(json::Write(attributes));
        if (attributes["verb"].string_or() == "watch") {
          return StatusResponse(500, "InternalError", "broken");
        }
        const bool allowed = attributes["name"].string_or() != "b";
        return net::Response{
            201,
            {},
            absl::StrCat(R"({"status":{"allowed":)", allowed ? "true" : "false",
                         R"(,"reason":"RBAC: no role"}})")};
      }));
  const auto client = ClientOf(server);
  kube::Right right;
  right.resource = "pods/log";
  right.verb = "get";
  EXPECT_TRUE(AskRight(*client, "ns", right, nullptr).allowed);
  right.group = "batch";
  right.resource = "jobs";
  right.names = {"a", "b", "c"};
  const RightAnswer denied = AskRight(*client, "ns", right, nullptr);
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.reason, "RBAC: no role");
  EXPECT_TRUE(denied.status.ok());
  right = {};
  right.resource = "nodes";
  right.verb = "list";
  right.is_cluster_wide = true;
  EXPECT_TRUE(AskRight(*client, "ns", right, nullptr).allowed);
  right.verb = "watch";
  EXPECT_FALSE(AskRight(*client, "ns", right, nullptr).status.ok());
  EXPECT_THAT(
      bodies,
      ElementsAre(
          R"({"namespace":"ns","verb":"get","group":"","resource":"pods",)"
          R"("subresource":"log"})",
          R"({"namespace":"ns","verb":"get","group":"batch","resource":"jobs",)"
          R"("name":"a"})",
          R"({"namespace":"ns","verb":"get","group":"batch","resource":"jobs",)"
          R"("name":"b"})",
          R"({"verb":"list","group":"","resource":"nodes"})",
          R"({"verb":"watch","group":"","resource":"nodes"})"));
}

std::vector<kube::Right> SomeRights() {
  kube::RightsNeeded needed;
  needed.creates_secrets = true;
  std::vector<kube::Right> some;
  for (kube::Right& right : kube::RightsFor(needed)) {
    const std::string name = kube::Describe(right);
    if (name == "create pods" || name == "create pods/exec" ||
        name == "create secrets" || name == "get pods/log") {
      some.push_back(right);
    }
  }
  EXPECT_EQ(some.size(), 4u);
  return some;
}

TEST(RightsTest, AllAreThere) {
  EXPECT_THAT(Lines(ReportRights({"ns"}, SomeRights(),
                                 std::vector<RightAnswer>(4, Allowed()))),
              ElementsAre("ok rights in namespace `ns`: all 4 are granted"));
}

TEST(RightsTest, AMissingOneStopsBuildsIfItIsRequired) {
  std::vector<RightAnswer> answers(4);
  answers[0].reason = "no role";
  const Findings findings = ReportRights({"ns"}, SomeRights(), answers);
  EXPECT_THAT(
      Lines(findings),
      ElementsAre("ok rights in namespace `ns`: 0 of 4 are granted",
                  HasSubstr("error right to create pods in namespace `ns`: "
                            "missing. Builds fail: kaniko runs in a pod"),
                  HasSubstr("warning right to get pods/log in namespace `ns`: "
                            "missing. Each build ends without the output"),
                  HasSubstr("error right to create pods/exec"),
                  HasSubstr("error right to create secrets")));
  EXPECT_THAT(findings[1].details, ElementsAre("no role"));
  EXPECT_THAT(findings[1].next, HasSubstr("`ovenbird rbac`"));
}

TEST(RightsTest, SomeAreRequiredOnlyHere) {
  RightsContext context = {"ns", /*minor=*/34, /*has_secret=*/false};
  std::vector<RightAnswer> answers = {Allowed(), Allowed(), {}, {}};
  EXPECT_THAT(Lines(ReportRights(context, SomeRights(), answers)),
              ElementsAre("ok rights in namespace `ns`: 2 of 4 are granted",
                          HasSubstr("warning right to create pods/exec"),
                          HasSubstr("warning right to create secrets")));
  context.minor = 35;
  context.has_secret = true;
  EXPECT_THAT(Lines(ReportRights(context, SomeRights(), answers)),
              ElementsAre("ok rights in namespace `ns`: 2 of 4 are granted",
                          HasSubstr("error right to create pods/exec"),
                          HasSubstr("error right to create secrets")));
}

TEST(RightsTest, AnUnansweredQuestionIsOneWarning) {
  std::vector<RightAnswer> answers(4);
  answers[1].status = absl::UnavailableError("no answer");
  answers[2].status = absl::UnavailableError("no answer");
  EXPECT_THAT(
      Lines(ReportRights({"ns"}, SomeRights(), answers)),
      ElementsAre("warning rights in namespace `ns`: unknown: no answer"));
}

}  // namespace
}  // namespace ovenbird::doctor
