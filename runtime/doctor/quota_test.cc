#include "runtime/doctor/quota.h"

#include <string>
#include <vector>

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
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

json::Value Parsed(const std::string& text) {
  absl::StatusOr<json::Value> value = json::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status() << text;
  return value.ok() ? *value : json::Value();
}

json::Value Quotas(const std::string& hard, const std::string& used,
                   const std::string& spec = "{}") {
  return Parsed(absl::StrCat(
      R"({"items":[{"metadata":{"name":"q","namespace":"ns"},"spec":)", spec,
      R"(,"status":{"hard":)", hard, R"(,"used":)", used, "}}]}"));
}

// "STATE: TEXT" of the only finding.
std::string Said(const json::Value& quotas, const Amounts& need, int at_once) {
  const Findings findings = CompareQuotas(quotas, {need}, at_once);
  if (findings.empty()) return "";
  EXPECT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].subject, "quota `q` of namespace `ns`");
  return absl::StrCat(ToString(findings[0].state), ": ", findings[0].text);
}

TEST(QuotaTest, WhatAPodTakes) {
  const json::Value pod = Parsed(R"({"spec":{
      "initContainers":[
        {"resources":{"requests":{"cpu":"500m","memory":"1Gi"}}},
        {"resources":{"requests":{"cpu":"100m"}}},
        {"restartPolicy":"Always",
         "resources":{"requests":{"cpu":"50m"},"limits":{"memory":"10"}}}],
      "containers":[
        {"resources":{"requests":{"cpu":1},"limits":{"memory":"2k"}}},
        {"resources":{"requests":{"cpu":"250m"}}},{}]}})");
  EXPECT_THAT(
      NeedOf(pod, true),
      UnorderedElementsAre(
          Pair("pods", 1), Pair("count/pods", 1), Pair("count/jobs.batch", 1),
          Pair("secrets", 1), Pair("count/secrets", 1), Pair("cpu", 1.3),
          Pair("requests.cpu", 1.3), Pair("memory", 1 << 30),
          Pair("requests.memory", 1 << 30), Pair("limits.memory", 2010)));
  EXPECT_EQ(NeedOf(pod, false).count("secrets"), 0u);
}

TEST(QuotaTest, RoomForBuilds) {
  const Amounts need = {{"pods", 1}, {"requests.cpu", 0.1}};
  EXPECT_EQ(Said(Quotas(R"({"pods":"5"})", R"({"pods":"5"})"), need, 1),
            "error: has no room for a build: `pods`: 5 of 5 used");
  EXPECT_EQ(Said(Quotas(R"({"pods":"5","requests.cpu":"100m"})",
                        R"({"pods":"4","requests.cpu":"50m"})"),
                 need, 1),
            "error: has no room for a build: `requests.cpu`: 50m of 100m used");
  EXPECT_EQ(Said(Quotas(R"({"pods":"5"})", R"({"pods":"3"})"), need, 3),
            "warning: has room for 2 of 3 builds at the same time");
  // A rounding error is no pod.
  EXPECT_EQ(Said(Quotas(R"({"requests.cpu":"300m"})", "{}"), need, 3),
            "ok: has room for 3 builds at the same time");
  EXPECT_EQ(Said(Quotas(R"({"pods":"5"})", "{}"), need, 1),
            "ok: has room for the build");
}

TEST(QuotaTest, WhatDoesNotConcernBuilds) {
  const Amounts need = {{"pods", 1}};
  EXPECT_EQ(Said(Quotas(R"({"services":"0"})", "{}"), need, 1), "");
  EXPECT_EQ(
      Said(Quotas(R"({"pods":"0"})", "{}", R"({"scopes":["BestEffort"]})"),
           need, 1),
      "");
  EXPECT_EQ(Said(Quotas(R"({"pods":"0"})", "{}",
                        R"({"scopeSelector":{"matchExpressions":[]}})"),
                 need, 1),
            "");
}

TEST(QuotaTest, TheLargestBuildCounts) {
  const Findings findings =
      CompareQuotas(Quotas(R"({"limits.memory":"10"})", R"({})"),
                    {{{"limits.memory", 1}}, {{"limits.memory", 11}}}, 2);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].state, State::kError);
}

TEST(QuotaTest, AreReadWhereTheyMayBe) {
  bool allowed = true;
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        EXPECT_EQ(request.target, "/api/v1/namespaces/ns/resourcequotas");
        return allowed ? net::Response{200,
                                       {},
                                       json::Write(Quotas(R"({"pods":"0"})",
                                                          R"({"pods":"0"})"))}
                       : StatusResponse(403, "Forbidden", "no");
      }));
  const auto client = ClientOf(server);
  const std::vector<Amounts> needs = {{{"pods", 1}}};
  EXPECT_EQ(CheckQuotas(*client, "ns", needs, 1, nullptr).size(), 1u);
  allowed = false;
  EXPECT_THAT(CheckQuotas(*client, "ns", needs, 1, nullptr), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::doctor
