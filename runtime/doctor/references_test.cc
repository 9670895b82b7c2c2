#include "runtime/doctor/references.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

std::vector<std::string> Names(const char* spec) {
  const absl::StatusOr<json::Value> pod =
      json::Parse(absl::StrCat(R"({"spec":)", spec, "}"));
  EXPECT_TRUE(pod.ok()) << pod.status();
  std::vector<std::string> names;
  for (const ObjectName& object : ReferencesOf(*pod, "own", "login")) {
    names.push_back(absl::StrCat(object.plural, "/", object.name, " ",
                                 absl::StrJoin(object.keys, ","),
                                 object.is_for_pulls ? "for pulls" : ""));
  }
  return names;
}

TEST(ReferencesTest, OfAPod) {
  EXPECT_THAT(Names("{}"), ElementsAre("serviceaccounts/default "));
  EXPECT_THAT(Names(R"({"serviceAccountName":"builder",
                "imagePullSecrets":[{"name":"pull"},{"name":"s"}],
                "volumes":[
                  {"secret":{"secretName":"own"}},
                  {"secret":{"secretName":"login","items":[{"key":"a"}]}},
                  {"secret":{"secretName":"s","items":[{"key":"a"}]}},
                  {"secret":{"secretName":"s","items":[{"key":"b"},
                                                       {"key":"a"}]}},
                  {"secret":{"secretName":"maybe","optional":true}},
                  {"configMap":{"name":"m","items":[{"key":"ca.crt"}]}},
                  {"persistentVolumeClaim":{"claimName":"kept"}},
                  {"emptyDir":{}}]})"),
              ElementsAre("serviceaccounts/builder ", "secrets/s a,b",
                          "configmaps/m ca.crt", "persistentvolumeclaims/kept ",
                          "secrets/pull for pulls"));
}

TEST(ReferencesTest, AQueueIsLookedUpInEachVersionOfItsApi) {
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        const std::string folder = "/apis/kueue.x-k8s.io/";
        const std::string rest = "/namespaces/ns/localqueues/";
        if (request.target == folder + "v1beta2" + rest + "there" ||
            request.target == folder + "v1beta1" + rest + "old") {
          return net::Response{200, {}, "{}"};
        }
        if (request.target == folder + "v1beta1" + rest + "hidden") {
          return StatusResponse(403, "Forbidden", "no");
        }
        return net::Response{404, {}, "404 page not found"};
      }));
  const auto client = ClientOf(server);
  const auto check = [&](const char* label) {
    json::Value pod = *json::Parse(
        absl::StrCat(R"({"metadata":{"labels":{"kueue.x-k8s.io/queue-name":")",
                     label, R"("}}})"));
    const std::vector<ObjectName> objects = ReferencesOf(pod, "own", "login");
    EXPECT_EQ(objects.front().plural, "localqueues");
    return CheckReference(*client, "ns", objects.front(), nullptr);
  };
  EXPECT_EQ(check("there")->state, State::kOk);
  EXPECT_EQ(check("old")->state, State::kOk);
  EXPECT_FALSE(check("hidden").has_value());
  const std::optional<Finding> missing = check("x");
  EXPECT_EQ(missing->state, State::kWarning);
  EXPECT_EQ(missing->subject, "LocalQueue `x` in namespace `ns`");
  EXPECT_THAT(missing->next, HasSubstr("`queue`"));
}

TEST(ReferencesTest, AreLookedUp) {
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        if (request.target == "/api/v1/namespaces/ns/secrets/there") {
          return net::Response{
              200, {}, R"({"data":{"a":"eA=="},"binaryData":{"b":""}})"};
        }
        if (request.target == "/api/v1/namespaces/ns/secrets/hidden") {
          return StatusResponse(403, "Forbidden", "no");
        }
        return StatusResponse(404, "NotFound", "not there");
      }));
  const auto client = ClientOf(server);
  const auto check = [&](const ObjectName& object) {
    return CheckReference(*client, "ns", object, nullptr);
  };
  EXPECT_EQ(check({"secrets", "there", {"a", "b"}})->state, State::kOk);
  const std::optional<Finding> no_key = check({"secrets", "there", {"c"}});
  EXPECT_EQ(no_key->state, State::kError);
  EXPECT_THAT(no_key->text, HasSubstr("has no key `c`"));
  EXPECT_FALSE(check({"secrets", "hidden", {}}).has_value());
  EXPECT_EQ(check({"secrets", "x", {}, /*is_for_pulls=*/true})->state,
            State::kWarning);
  const std::optional<Finding> missing = check({"serviceaccounts", "x", {}});
  EXPECT_EQ(missing->state, State::kError);
  EXPECT_EQ(missing->subject, "service account `x` in namespace `ns`");
  EXPECT_THAT(missing->next, HasSubstr("`kubectl create serviceaccount`"));
}

}  // namespace
}  // namespace ovenbird::doctor
