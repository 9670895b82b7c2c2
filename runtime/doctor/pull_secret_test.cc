#include "runtime/doctor/pull_secret.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::doctor {
namespace {

using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::StatusResponse;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kLogin[] =
    R"({"auths":{"r.io":{"username":"john","password":"doe"}}})";

PullSecretAnswer Check(const net::Response& response) {
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        EXPECT_EQ(request.target, "/api/v1/namespaces/ns/secrets/login");
        return response;
      }));
  build::PullSecretRequest request;
  request.name_space = "ns";
  request.name = "login";
  request.pushed = {"r.io"};
  Cancellation cancel;
  return CheckPullSecret(*ClientOf(server), request, cancel);
}

net::Response With(absl::string_view key, absl::string_view content) {
  return {200,
          {},
          absl::StrCat("{\"data\":{\"", key, "\":\"",
                       absl::Base64Escape(content), "\"}}")};
}

TEST(PullSecretTest, GivesTheCredentials) {
  const PullSecretAnswer answer = Check(With("config.json", kLogin));
  ASSERT_EQ(answer.findings.size(), 1u);
  EXPECT_EQ(answer.findings[0].state, State::kOk);
  EXPECT_EQ(answer.findings[0].subject,
            "pull secret `login` in namespace `ns`");
  EXPECT_EQ(answer.key, "config.json");
  EXPECT_EQ(answer.docker_config, kLogin);
}

TEST(PullSecretTest, IsMissing) {
  const PullSecretAnswer answer =
      Check(StatusResponse(404, "NotFound", "not there"));
  ASSERT_EQ(answer.findings.size(), 1u);
  EXPECT_EQ(answer.findings[0].state, State::kError);
  EXPECT_THAT(answer.findings[0].next, HasSubstr("kubectl create secret"));
  EXPECT_EQ(answer.docker_config, "");
}

TEST(PullSecretTest, HasAnotherKey) {
  const PullSecretAnswer answer = Check(With("login", kLogin));
  ASSERT_EQ(answer.findings.size(), 1u);
  EXPECT_EQ(answer.findings[0].state, State::kError);
  EXPECT_THAT(answer.findings[0].text, StartsWith("has neither"));
  EXPECT_THAT(answer.findings[0].text, HasSubstr("its keys: `login`"));
}

TEST(PullSecretTest, LacksTheRegistry) {
  const PullSecretAnswer answer =
      Check(With(".dockerconfigjson", R"({"auths":{"other.io":{}}})"));
  ASSERT_EQ(answer.findings.size(), 1u);
  EXPECT_EQ(answer.findings[0].state, State::kWarning);
  EXPECT_THAT(answer.findings[0].text, HasSubstr("no entry for r.io"));
}

TEST(PullSecretTest, CannotBeRead) {
  const PullSecretAnswer answer = Check(StatusResponse(403, "Forbidden", "no"));
  ASSERT_EQ(answer.findings.size(), 1u);
  EXPECT_EQ(answer.findings[0].state, State::kWarning);
  EXPECT_EQ(answer.docker_config, "");
}

}  // namespace
}  // namespace ovenbird::doctor
