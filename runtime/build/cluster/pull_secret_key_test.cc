#include "runtime/build/cluster/pull_secret_key.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/source_file.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::StatusResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Said : public Observer {
 public:
  void Step(absl::string_view text) override {
    said.push_back(absl::StrCat("step: ", text));
  }
  void Log(absl::string_view) override {}
  void Warn(absl::string_view text) override {
    said.push_back(absl::StrCat("warning: ", text));
  }
  std::vector<std::string> said;
};

// A Secret with one item.
net::Response SecretWith(absl::string_view key, absl::string_view content) {
  return {200,
          {},
          absl::StrCat("{\"data\":{\"", key, "\":\"",
                       absl::Base64Escape(content), "\"}}")};
}

struct Found {
  std::string key = ".dockerconfigjson";
  std::optional<Failure> failure;
  std::vector<std::string> said;
  std::string asked;
};

Found Find(const net::Response& response, const yaml::Node* option = nullptr) {
  Found found;
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        found.asked = absl::StrCat(request.method, " ", request.target);
        return response;
      }));
  Said observer;
  Cancellation cancel;
  const PullSecretRequest request = {.name_space = "ns",
                                     .name = "login",
                                     .pushed = {"push.io"},
                                     .pulled = {"pull.io", "gcr.io"},
                                     .option = option,
                                     .config_path = "images.app"};
  found.failure = FindPullSecretKey(*ClientOf(server), request, observer,
                                    cancel, found.key);
  found.said = observer.said;
  return found;
}

TEST(PullSecretKeyTest, TakesTheKeyThatTheSecretHas) {
  for (const char* key : {".dockerconfigjson", "config.json"}) {
    const Found found =
        Find(SecretWith(key, R"({"auths":{"push.io":{"auth":"YTpi"},)"
                             R"("pull.io":{"auth":"YTpi"}}})"));
    EXPECT_FALSE(found.failure.has_value()) << found.failure->what;
    EXPECT_EQ(found.key, key);
    EXPECT_THAT(found.said, IsEmpty());
    EXPECT_EQ(found.asked, "GET /api/v1/namespaces/ns/secrets/login");
  }
}

TEST(PullSecretKeyTest, WhatTheBuildLacks) {
  struct Case {
    const char* content;
    std::vector<std::string> said;
  };
  for (const Case& c : std::vector<Case>{
           // The executor logs in to gcr.io with the node's own account.
           {R"({"auths":{"push.io":{"auth":"YTpi"}}})",
            {"step: pull secret `login` has no entry for pull.io; it has "
             "push.io: base images are pulled from there without "
             "credentials"}},
           {R"({"auths":{"pull.io":{"auth":"YTpi"}}})",
            {"warning: pull secret `login` has no entry for push.io; it has "
             "pull.io: the push runs without credentials"}},
           {R"({"auths":{}})",
            {"warning: pull secret `login` has no entry for push.io; it has "
             "none at all: the push runs without credentials",
             "step: pull secret `login` has no entry for pull.io; it has none "
             "at all: base images are pulled from there without "
             "credentials"}},
       }) {
    const Found found = Find(SecretWith("config.json", c.content));
    EXPECT_FALSE(found.failure.has_value()) << found.failure->what;
    EXPECT_EQ(found.said, c.said) << c.content;
  }
}

TEST(PullSecretKeyTest, SecretsThatCannotBeUsed) {
  struct Case {
    net::Response response;
    const char* what;
    const char* hint;
  };
  for (const Case& c : std::vector<Case>{
           {SecretWith("config.json", "'{\"auths\":{}}'"),
            "pull secret `login`: ", ""},
           {SecretWith("password", "x"),
            "pull secret `login` has neither `.dockerconfigjson` nor "
            "`config.json`; its keys: `password`",
            "store the Docker config under one of the two keys"},
           {{200, {}, "{}"}, "its keys: (none)", "store the Docker config"},
           {StatusResponse(404, "NotFound", "secrets \"login\" not found"),
            "pull secret `login` is not in namespace `ns`",
            "kubectl create secret docker-registry login -n ns"},
           {StatusResponse(401, "Unauthorized", "Unauthorized"),
            "cannot read pull secret `login`: the cluster rejected your "
            "credentials (401)",
            "log in again"},
       }) {
    const Found found = Find(c.response);
    ASSERT_TRUE(found.failure.has_value()) << c.what;
    EXPECT_EQ(found.failure->kind, FailureKind::kEnvironment);
    EXPECT_THAT(found.failure->what, HasSubstr(c.what));
    EXPECT_THAT(found.failure->hint, HasSubstr(c.hint));
  }
}

TEST(PullSecretKeyTest, TheProblemIsAtTheOption) {
  const SourceFile file("devspace.yaml", "pullSecret: login\n");
  yaml::Arena arena;
  diag::Collector problems;
  const yaml::Node* root = yaml::Parse(file, arena, problems);
  ASSERT_NE(root, nullptr);
  struct Case {
    net::Response response;
    const char* problem;
    const char* help;
  };
  for (const Case& c : std::vector<Case>{
           {StatusResponse(404, "NotFound", "secrets \"login\" not found"),
            "pull-secret-missing: no Secret `login` in namespace `ns`",
            "kubectl -n ns create secret docker-registry login"},
           {SecretWith("password", "x"),
            "pull-secret-without-key: Secret `login` has neither "
            "`.dockerconfigjson` nor `config.json`",
            "keys of the Secret: `password`"},
           {SecretWith("config.json", ""),
            "pull-secret-content: key `config.json` of Secret `login` is not a "
            "Docker config: it is empty",
            "as `kubectl create secret docker-registry` writes it"},
           {SecretWith("config.json", R"({"credsStore":"desktop"})"),
            "pull-secret-helper: Secret `login` uses the credential store "
            "`desktop`",
            "under `auths`"},
       }) {
    const Found found = Find(c.response, root->Find("pullSecret"));
    ASSERT_TRUE(found.failure.has_value()) << c.problem;
    EXPECT_EQ(found.failure->kind, FailureKind::kEnvironment);
    ASSERT_EQ(found.failure->diagnostics.size(), 1u) << c.problem;
    const diag::Diagnostic& problem = found.failure->diagnostics[0];
    EXPECT_THAT(absl::StrCat(problem.rule->id, ": ", problem.message),
                HasSubstr(c.problem));
    EXPECT_THAT(problem.help, HasSubstr(c.help));
    EXPECT_EQ(problem.config_path, "images.app");
    EXPECT_EQ(file.text().substr(problem.span.begin,
                                 problem.span.end - problem.span.begin),
              "login");
  }
}

// The kubelet may read the Secret though the user may not.
TEST(PullSecretKeyTest, WithoutTheRightToReadItTheKeyIsKept) {
  const Found found = Find(StatusResponse(
      403, "Forbidden", "secrets \"login\" is forbidden: cannot get"));
  EXPECT_FALSE(found.failure.has_value()) << found.failure->what;
  EXPECT_EQ(found.key, ".dockerconfigjson");
  EXPECT_THAT(found.said,
              ElementsAre("warning: cannot read pull secret `login` (not "
                          "allowed): using its key `.dockerconfigjson`"));
}

// The kubelet reports it as well, and knows more.
TEST(PullSecretKeyTest, ContentThatIsNotBase64IsNotChecked) {
  const Found found = Find({200, {}, R"({"data":{"config.json":"%%%"}})"});
  EXPECT_FALSE(found.failure.has_value());
  EXPECT_EQ(found.key, "config.json");
  EXPECT_THAT(found.said, IsEmpty());
}

TEST(PullSecretKeyTest, Interrupted) {
  Cancellation cancel;
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request&) -> net::Response {
        cancel.Cancel();
        return StatusResponse(503, "ServiceUnavailable", "starting");
      }));
  Said observer;
  std::string key = "config.json";
  const std::optional<Failure> failure = FindPullSecretKey(
      *ClientOf(server), {.name_space = "ns", .name = "login"}, observer,
      cancel, key);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->kind, FailureKind::kInterrupted);
  EXPECT_THAT(observer.said, IsEmpty());
}

}  // namespace
}  // namespace ovenbird::build
