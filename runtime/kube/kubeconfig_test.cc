#include "runtime/kube/kubeconfig.h"

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Kubeconfig Parsed(const std::string& text,
                  const std::string& path = "/etc/kube/config") {
  auto config = ParseKubeconfig(path, text);
  EXPECT_THAT(config, IsOk());
  return config.ok() ? *std::move(config) : Kubeconfig();
}

TEST(KubeconfigTest, EveryFieldWithItsPlace) {
  const Kubeconfig config = Parsed(R"(apiVersion: v1
current-context: c
clusters:
- name: k
  cluster:
    server: https://k:6443
    certificate-authority: ca.crt
    insecure-skip-tls-verify: true
    tls-server-name: k.example.com
    proxy-url: socks5://p:1080
    extensions:
    - name: other
      extension: {a: 1}
    - name: client.authentication.k8s.io/exec
      extension: {audience: x, n: 5, on: true, none: ~, list: [1.5]}
contexts:
- name: c
  context: {cluster: k, user: u, namespace: ns}
users:
- name: u
  user:
    client-certificate-data: Y2VydA==
    client-key: ../key.pem
    token: t
    tokenFile: /run/token
    username: n
    password: "0123"
    as: other
    as-uid: "7"
    as-groups: [a, b]
    as-user-extra: {reason: [x, y]}
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: bin/plugin
      args: [--a, b]
      env: [{name: A, value: "1"}, {name: B}]
      installHint: install it
      provideClusterInfo: true
      interactiveMode: Always
    auth-provider: {name: gcp, config: {k: v}}
)");
  EXPECT_THAT(config.files, ElementsAre("/etc/kube/config"));
  EXPECT_EQ(config.current_context, "c");
  EXPECT_EQ(config.current_context_where, "/etc/kube/config:2");

  const ConfigCluster* cluster = config.FindCluster("k");
  ASSERT_NE(cluster, nullptr);
  EXPECT_EQ(cluster->where, "/etc/kube/config:4");
  EXPECT_EQ(cluster->server, "https://k:6443");
  EXPECT_EQ(cluster->ca.file, "/etc/kube/ca.crt");
  EXPECT_TRUE(cluster->insecure_skip_tls_verify);
  EXPECT_EQ(cluster->tls_server_name, "k.example.com");
  EXPECT_EQ(cluster->proxy_url, "socks5://p:1080");
  EXPECT_EQ(json::Write(cluster->exec_config),
            R"({"audience":"x","n":5,"on":true,"none":null,"list":[1.5]})");

  const ConfigContext* context = config.FindContext("c");
  ASSERT_NE(context, nullptr);
  EXPECT_EQ(context->where, "/etc/kube/config:17");
  EXPECT_EQ(context->cluster, "k");
  EXPECT_EQ(context->user, "u");
  EXPECT_EQ(context->name_space, "ns");

  const ConfigUser* user = config.FindUser("u");
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(user->client_cert.data, "cert");
  EXPECT_EQ(user->client_key.file, "/etc/key.pem");
  EXPECT_EQ(user->token, "t");
  EXPECT_EQ(user->token_file, "/run/token");
  EXPECT_EQ(user->username, "n");
  EXPECT_EQ(user->password, "0123");
  EXPECT_EQ(user->impersonate, "other");
  EXPECT_EQ(user->impersonate_uid, "7");
  EXPECT_THAT(user->impersonate_groups, ElementsAre("a", "b"));
  EXPECT_THAT(user->impersonate_extra,
              ElementsAre(Pair("reason", "x"), Pair("reason", "y")));
  EXPECT_EQ(user->auth_provider, "gcp");
  EXPECT_EQ(json::Write(user->auth_provider_config), R"({"k":"v"})");
  ASSERT_TRUE(user->exec.has_value());
  EXPECT_EQ(user->exec->command, "/etc/kube/bin/plugin");
  EXPECT_THAT(user->exec->args, ElementsAre("--a", "b"));
  EXPECT_THAT(user->exec->env, ElementsAre(Pair("A", "1"), Pair("B", "")));
  EXPECT_EQ(user->exec->install_hint, "install it");
  EXPECT_TRUE(user->exec->provide_cluster_info);
  EXPECT_TRUE(user->exec->always_interactive);
}

// As kubectl: they mean that nothing is set.
TEST(KubeconfigTest, EmptyAndNullValues) {
  for (const char* text :
       {"", "# only\n", "clusters: ~\nusers: []\ncontexts:\n", "{}"}) {
    const Kubeconfig config = Parsed(text);
    EXPECT_THAT(config.clusters, IsEmpty()) << text;
    EXPECT_THAT(config.users, IsEmpty()) << text;
    EXPECT_THAT(config.contexts, IsEmpty()) << text;
    EXPECT_EQ(config.current_context, "") << text;
    EXPECT_EQ(config.FindContext(""), nullptr) << text;
  }
  const Kubeconfig config = Parsed(
      "clusters:\n- name: a\n  cluster:\n- name: b\n  cluster: {server: ~, "
      "certificate-authority: ~, insecure-skip-tls-verify: ~, proxy-url: "
      "''}\n");
  EXPECT_EQ(config.FindCluster("a"), nullptr);
  const ConfigCluster* cluster = config.FindCluster("b");
  ASSERT_NE(cluster, nullptr);
  EXPECT_EQ(cluster->server, "");
  EXPECT_TRUE(cluster->ca.empty());
  EXPECT_FALSE(cluster->insecure_skip_tls_verify);
  EXPECT_FALSE(cluster->proxy_url.has_value());
}

TEST(KubeconfigTest, ProgramsAndFilesAreRelativeToTheFile) {
  struct Case {
    const char* written;
    const char* read;
  };
  for (const Case& c :
       {Case{"aws", "aws"},  // found in PATH
        Case{"./aws", "/etc/u/.kube/aws"}, Case{"../bin/aws", "/etc/u/bin/aws"},
        Case{"/bin/aws", "/bin/aws"}}) {
    const Kubeconfig config = Parsed(
        absl::StrCat("users: [{name: u, user: {exec: {command: ", c.written,
                     "}}}]"),
        "/etc/u/.kube/config");
    ASSERT_NE(config.FindUser("u"), nullptr);
    EXPECT_EQ(config.FindUser("u")->exec->command, c.read) << c.written;
  }
}

TEST(KubeconfigTest, Errors) {
  struct Case {
    const char* text;
    const char* message;  // after the path
  };
  for (const Case& c : {
           Case{"- a\n", ":1: a kubeconfig must be a mapping"},
           Case{"a\n", ":1: a kubeconfig must be a mapping"},
           Case{"clusters: {}\n", ":1: `clusters` must be a list"},
           Case{"users:\n- name: u\n- x\n",
                ":3: an entry of `users` must have `name` and `user`"},
           Case{"users:\n- user: {}\n",
                ":2: an entry of `users` has no `name`"},
           Case{"contexts:\n- name: c\n  context: k\n",
                ":3: `context` must be a mapping"},
           Case{"current-context: [a]\n",
                ":1: `current-context` must be a string"},
           Case{"clusters: [{name: a, cluster: {server: {}}}]",
                ":1: `server` must be a string"},
           Case{"clusters: [{name: a, cluster: {insecure-skip-tls-verify: 1}}]",
                ":1: `insecure-skip-tls-verify` must be true or false"},
           Case{"users:\n- name: u\n  user:\n    client-key-data: '%'\n",
                ":4: `client-key-data` is not base64"},
           Case{"users:\n- name: u\n  user:\n    exec: {args: []}\n",
                ":4: `exec` has no `command`"},
           Case{"users:\n- name: u\n  user:\n    as-groups: a\n",
                ":4: `as-groups` must be a list"},
           // The first one is reported.
           Case{"users: a\nclusters: b\n", ":2: `clusters` must be a list"},
       }) {
    EXPECT_EQ(ParseKubeconfig("f", c.text).status(),
              absl::InvalidArgumentError(absl::StrCat("f", c.message)))
        << c.text;
  }
  EXPECT_THAT(ParseKubeconfig("f", "a: [\nb: '"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("f:")));
}

TEST(KubeconfigTest, TheFirstFileWins) {
  const Kubeconfig merged = MergeKubeconfigs(
      {Parsed("clusters: [{name: a, cluster: {server: one}}]", "1"),
       Parsed("current-context: x\nclusters:\n"
              "- {name: a, cluster: {server: two, tls-server-name: n}}\n"
              "- {name: b, cluster: {server: three}}\n",
              "2"),
       Parsed("current-context: y", "3")});
  EXPECT_THAT(merged.files, ElementsAre("1", "2", "3"));
  EXPECT_EQ(merged.current_context, "x");
  EXPECT_EQ(merged.current_context_where, "2:1");
  EXPECT_EQ(merged.clusters.size(), 2u);
  EXPECT_EQ(merged.FindCluster("a")->server, "one");
  // As a whole: nothing is taken from the second one.
  EXPECT_EQ(merged.FindCluster("a")->tls_server_name, "");
  EXPECT_EQ(merged.FindCluster("b")->where, "2:4");
  EXPECT_THAT(MergeKubeconfigs({}).files, IsEmpty());
}

TEST(KubeconfigTest, MissingFilesAreSkippedAndOthersAreNot) {
  const std::string folder = NewFolder();
  std::ofstream(folder + "/good") << "current-context: c";
  std::ofstream(folder + "/bad") << "clusters: 5";
  auto config = ReadKubeconfigs({folder + "/missing", folder + "/good"});
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->files, ElementsAre(folder + "/good"));
  EXPECT_EQ(config->current_context, "c");
  config = ReadKubeconfigs({folder + "/missing"});
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->files, IsEmpty());
  EXPECT_THAT(ReadKubeconfigs({folder + "/good", folder + "/bad"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/bad:1: `clusters` must be a list")));
  EXPECT_THAT(ReadKubeconfigs({folder}), ::testing::Not(IsOk()));
}

}  // namespace
}  // namespace ovenbird::kube
