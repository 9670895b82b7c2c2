#include "runtime/kube/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::StartsWith;

// What the case expects, in the form of case.json's `want`.
std::map<std::string, std::string> Describe(const ClusterAccess& access,
                                            const Credential& credential) {
  std::map<std::string, std::string> out = {
      {"server", access.server.Origin()},
      {"path_prefix", access.path_prefix},
      {"namespace", access.name_space},
      {"context", access.context},
      {"ca", access.options.tls.ca_pem},
      {"insecure", access.options.tls.insecure_skip_verify ? "true" : ""},
      {"server_name", access.options.tls.server_name},
      {"proxy", access.options.proxy.value_or("")},
      {"authorization", credential.authorization},
      {"client_cert", credential.client_cert_pem},
      {"client_key", credential.client_key_pem},
  };
  for (const auto& [name, value] : access.headers) {
    std::string& all = out[absl::StrCat("header ", name)];
    absl::StrAppend(&all, all.empty() ? "" : ",", value);
  }
  std::erase_if(out, [](const auto& item) { return item.second.empty(); });
  return out;
}

std::map<std::string, std::string> Wanted(const json::Value& want) {
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : want.members()) {
    if (key == "headers") {
      for (const auto& [name, header] : value.members()) {
        out[absl::StrCat("header ", name)] = std::string(header.string_or());
      }
    } else {
      out[key] = value.bool_or() ? "true" : std::string(value.string_or());
    }
  }
  std::erase_if(out, [](const auto& item) { return item.second.empty(); });
  return out;
}

AccessOptions OptionsOf(const std::string& name, const json::Value& spec) {
  std::vector<std::string> files;
  const json::Value& list = spec["kubeconfig"];
  if (list.is_null()) files = {absl::StrCat(name, "/config")};
  for (const json::Value& file : list.items()) {
    files.push_back(file.string_or().empty()
                        ? ""
                        : absl::StrCat(name, "/", file.string_or()));
  }
  AccessOptions options;
  options.context = std::string(spec["context"].string_or());
  options.service_account = absl::StrCat(name, "/serviceaccount");
  options.getenv = [=](absl::string_view variable) -> std::string {
    if (variable == "KUBECONFIG") return absl::StrJoin(files, ":");
    if (variable == "HOME") return name;
    return std::string(spec["env"][variable].string_or());
  };
  return options;
}

void RunCase(const std::string& name, const json::Value& spec) {
  absl::StatusOr<ClusterAccess> access = FindCluster(OptionsOf(name, spec));
  absl::StatusOr<Credential> credential =
      access.ok() ? access->credentials->Get(nullptr)
                  : absl::StatusOr<Credential>(access.status());
  const json::Value& error = spec["error"];
  if (error.is_null()) {
    ASSERT_THAT(credential, IsOk());
    EXPECT_EQ(Describe(*access, *credential), Wanted(spec["want"]));
    return;
  }
  EXPECT_EQ(absl::StatusCodeToString(credential.status().code()),
            error["code"].string_or());
  const std::string message(credential.status().message());
  if (error["message"].is_null()) {
    EXPECT_THAT(message,
                StartsWith(std::string(error["message_starts"].string_or())));
  } else {
    EXPECT_EQ(message, std::string(error["message"].string_or()));
  }
}

TEST(AccessTest, Cases) {
  std::filesystem::current_path("testdata/kubeconfig");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(".")) {
    if (entry.is_directory()) names.insert(entry.path().filename());
  }
  EXPECT_GT(names.size(), 50);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const auto text = ReadFile(absl::StrCat(name, "/case.json"));
    ASSERT_THAT(text, IsOk());
    const auto spec = json::Parse(*text);
    ASSERT_THAT(spec, IsOk());
    RunCase(name, *spec);
  }
}

absl::Status Find(const std::string& cluster, const std::string& user) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/http.yaml");
  const absl::Status written = WriteFile(
      path, absl::StrCat("clusters: [{name: prod, cluster: {", cluster,
                         "}}]\nusers: [{name: me, user: {", user,
                         "}}]\ncontexts: [{name: dev, context: {cluster: prod, "
                         "user: me}}]\ncurrent-context: dev\n"));
  if (!written.ok()) return written;
  AccessOptions options;
  options.kubeconfig = path;
  return FindCluster(options).status();
}

TEST(AccessTest, CredentialsAreNotSentInClear) {
  const std::string exec =
      "exec: {apiVersion: client.authentication.k8s.io/v1, command: false}";
  for (const std::string& user :
       {std::string("token: abc"), std::string("tokenFile: /nonexistent"),
        std::string("username: a, password: b"), exec,
        std::string("auth-provider: {name: oidc, config: {id-token: a}}")}) {
    for (const std::string& cluster :
         {std::string("server: 'http://10.0.0.1:8080'"),
          std::string("server: '10.0.0.1:8080'"),
          std::string("server: 'HTTP://10.0.0.1:8080'"),
          std::string("server: 'http://127.0.0.1.example.com:8080'"),
          std::string("server: 'http://127.0.0.1:8080', "
                      "proxy-url: 'socks5://10.0.0.2'")}) {
      SCOPED_TRACE(absl::StrCat(cluster, " ", user));
      const absl::Status status = Find(cluster, user);
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(status.message()),
                  ::testing::HasSubstr("http.yaml:1: the server of cluster "
                                       "`prod` uses plain HTTP (http://1"));
    }
    const absl::Status status =
        Find("server: 'http://127.0.0.1:8080', proxy-url: ''", user);
    EXPECT_THAT(std::string(status.message()),
                ::testing::Not(::testing::HasSubstr("plain HTTP")));
  }
}

TEST(AccessTest, PlainHttpNeedsNoCredentials) {
  const std::string cluster = "server: 'http://10.0.0.1:8080'";
  EXPECT_THAT(Find(cluster, ""), IsOk());
  // Neither is sent without TLS.
  EXPECT_THAT(Find(cluster,
                   "client-certificate-data: YQ==, "
                   "client-key-data: YQ=="),
              IsOk());
  EXPECT_THAT(Find("server: 'http://[::1]:8080'", "token: abc"), IsOk());
  EXPECT_THAT(Find("server: 'http://localhost:8080'", "token: abc"), IsOk());
}

TEST(AccessTest, AFileThatCannotBeReadIsToldWithWhoNamedIt) {
  AccessOptions options;
  options.getenv = [](absl::string_view name) {
    return name == "KUBECONFIG" ? ::testing::TempDir() : std::string();
  };
  const absl::Status status = FindCluster(options).status();
  EXPECT_THAT(std::string(status.message()),
              ::testing::AllOf(::testing::HasSubstr("cannot read"),
                               ::testing::HasSubstr("(from KUBECONFIG)")));
}

}  // namespace
}  // namespace ovenbird::kube
